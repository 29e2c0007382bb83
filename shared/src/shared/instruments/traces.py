"""Spans of ours: create, send, process, the look that a timer starts, SQL. Names and attributes live here only.

They follow OpenTelemetry's conventions. While nobody exports spans everything here is nearly free, and the context of a
cause is handed on unchanged. `shared.instruments.exporters` turns tracing on.
"""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from typing import Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, Span, SpanContext, SpanKind, Status, StatusCode

from shared.base.clock import machine_nanoseconds
from shared.instruments.traceparent import Carrier, context_of, traceparent

VERSION: Final = version("dunwell-shared")
"""Zipkin refuses spans of a scope that has none."""

LINKS_MAX = 128
ORIGINS_MAX = 50
"""Most origin trace ids that one look or message names."""

_SYSTEM: Final = "messaging.system"
_OPERATION_NAME: Final = "messaging.operation.name"
_OPERATION_TYPE: Final = "messaging.operation.type"
_DESTINATION: Final = "messaging.destination.name"
_COUNT: Final = "messaging.batch.message_count"
_GROUP: Final = "messaging.consumer.group.name"
_EVENT_TYPE: Final = "cloudevents.event_type"
_ORIGINS: Final = "dunwell.origin_trace_ids"
_SQL: Final = {"db.system.name": "postgresql"}


@dataclass(frozen=True, slots=True)
class _Tracing:
    service: str
    provider: TracerProvider
    processors: Sequence[SpanProcessor]
    tracer: trace.Tracer
    scope: InstrumentationScope


_on: _Tracing | None = None
_unrecorded: ContextVar[str] = ContextVar("unrecorded", default="")


def turn_on(service: str, recorder: TracerProvider, processors: Sequence[SpanProcessor]) -> None:
    """Record spans from now on; `processors` are those already added to the recorder."""
    global _on  # noqa: PLW0603 - one process has one tracing
    scope = InstrumentationScope("dunwell", VERSION)
    tracer = recorder.get_tracer("dunwell", VERSION)
    _on = _Tracing(service, recorder, tuple(processors), tracer, scope)


def turn_off() -> None:
    """Back to handing contexts on."""
    global _on  # noqa: PLW0603
    _on = None


def provider() -> TracerProvider | None:
    """Whose tracers instrumented libraries use; None while nobody records."""
    return _on.provider if _on else None


def current_trace_id() -> str:
    """The trace under way, as 32 hexadecimal digits; "" without one."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else _unrecorded.get()


@contextmanager
def of_request(carrier: Carrier) -> Iterator[None]:
    """A request has a trace id even while nobody records: the caller's, or a new one."""
    token = _unrecorded.set(trace_id_of(carrier) or f"{random.getrandbits(128):032x}")
    try:
        yield
    finally:
        _unrecorded.reset(token)


def current_traceparent() -> str:
    """The W3C header of the span under way; "" without one."""
    context = trace.get_current_span().get_span_context()
    return (
        traceparent(context.trace_id, context.span_id, context.trace_flags)
        if context.is_valid
        else ""
    )


def trace_id_of(carrier: Carrier) -> str:
    """The trace that these headers belong to, as 32 hexadecimal digits; "" without one."""
    context = context_of(carrier)
    return f"{context.trace_id:032x}" if context else ""


def creation_headers(event_type: str, topic: str, cause: Carrier | None = None) -> dict[str, str]:
    """Span `create` of one event, and the headers that carry its context. `cause` is the headers of its cause.

    The span is made by hand and ends at once: the SDK's own way costs six times as much, and this runs per event.
    """
    if _on is None:
        return _handed_on(cause)
    parent = _parent_of_creation(cause)
    if parent is None:
        return _root_creation(_on, event_type, topic)
    if not parent.trace_flags.sampled:
        return {"traceparent": traceparent(parent.trace_id, parent.span_id, parent.trace_flags)}

    span_id = random.getrandbits(64) or 1
    context = SpanContext(parent.trace_id, span_id, False, parent.trace_flags)
    moment = machine_nanoseconds()
    span = ReadableSpan(
        f"create {topic}",
        context,
        parent=parent,
        resource=_on.provider.resource,
        attributes=_creation(event_type, topic),
        kind=SpanKind.PRODUCER,
        instrumentation_scope=_on.scope,
        start_time=moment,
        end_time=moment,
    )
    for processor in _on.processors:
        processor.on_end(span)
    return {"traceparent": traceparent(context.trace_id, context.span_id, context.trace_flags)}


@contextmanager
def sending(topic: str, batch: Sequence[Carrier]) -> Iterator[None]:
    """Span `send` around one batch of the relay, linked to the creations it carries."""
    if _on is None:
        yield
        return

    attributes = _messaging("send", "send", topic) | {_COUNT: len(batch)}
    with _root(_on, f"send {topic}", SpanKind.CLIENT, attributes, _links(batch)):
        yield


@contextmanager
def processing(topic: str, slice_: Sequence[Carrier]) -> Iterator[None]:
    """Span `process` around one slice. Records of one and the same trace continue it; else it is a root with links."""
    if _on is None:
        yield
        return

    attributes: dict[str, str | int] = _messaging("process", "process", topic) | {
        _COUNT: len(slice_),
        _GROUP: _on.service,
    }
    links = _links(slice_)
    parent = links[0].context if links and _is_one_trace(slice_, links) else None
    with _root(_on, f"process {topic}", SpanKind.CONSUMER, attributes, links, parent=parent):
        yield


@contextmanager
def linked(name: str, origins: Iterable[Carrier]) -> Iterator[None]:
    """A trace of its own (a look by a timer, a hand-over), linked to the origins of what it is about."""
    if _on is None:
        yield
        return

    links = _links(list(origins))
    ids = tuple(sorted({f"{link.context.trace_id:032x}" for link in links}))[:ORIGINS_MAX]
    with _root(_on, name, SpanKind.INTERNAL, {_ORIGINS: ids}, links):
        yield


@contextmanager
def continued(name: str, cause: Carrier, origins: Sequence[str] = ()) -> Iterator[None]:
    """A span in the trace of its cause, hours later (a hand-over after its plan), that names origin trace ids."""
    if _on is None:
        yield
        return

    with _root(
        _on,
        name,
        SpanKind.CLIENT,
        {_ORIGINS: tuple(origins[:ORIGINS_MAX])},
        (),
        parent=context_of(cause),
    ):
        yield


@contextmanager
def in_database() -> Iterator[None]:
    """Span around one use of a connection, its statements and its commit, only inside a trace: a relay that looks four
    times a second would drown the trace page. It is nobody's parent: what is told meanwhile belongs to the slice.
    """
    if _on is None or not trace.get_current_span().get_span_context().is_valid:
        yield
        return

    span = _on.tracer.start_span("postgresql", kind=SpanKind.CLIENT, attributes=_SQL)
    try:
        yield
    finally:
        span.end()


@contextmanager
def _root(
    tracing: _Tracing,
    name: str,
    kind: SpanKind,
    attributes: Mapping[str, str | int | tuple[str, ...]],
    links: Sequence[Link],
    *,
    parent: SpanContext | None = None,
) -> Iterator[Span]:
    context = (
        Context()
        if parent is None
        else trace.set_span_in_context(trace.NonRecordingSpan(parent), Context())
    )
    with tracing.tracer.start_as_current_span(
        name,
        context,
        kind,
        attributes,
        links,
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            yield span
        except BaseException as error:
            span.set_attribute("error.type", type(error).__qualname__)
            span.set_status(Status(StatusCode.ERROR))
            raise


def _messaging(name: str, kind: str, topic: str) -> dict[str, str | int]:
    return {_SYSTEM: "kafka", _OPERATION_NAME: name, _OPERATION_TYPE: kind, _DESTINATION: topic}


@lru_cache
def _creation(event_type: str, topic: str) -> dict[str, str | int]:
    return _messaging("create", "create", topic) | {_EVENT_TYPE: event_type}


def _root_creation(tracing: _Tracing, event_type: str, topic: str) -> dict[str, str]:
    """Nothing caused it: the sampler decides."""
    with tracing.tracer.start_as_current_span(
        f"create {topic}", Context(), SpanKind.PRODUCER, _creation(event_type, topic)
    ):
        return {"traceparent": current_traceparent()}


def _parent_of_creation(cause: Carrier | None) -> SpanContext | None:
    """The span under way when it is in the cause's trace or nothing else is known; otherwise the cause's own."""
    current = trace.get_current_span().get_span_context()
    caused = context_of(cause) if cause else None
    if caused is None or caused.trace_id == current.trace_id:
        return current if current.is_valid else None
    return caused


def _handed_on(cause: Carrier | None) -> dict[str, str]:
    if not cause or "traceparent" not in cause:
        return {}
    return {"traceparent": cause["traceparent"]}


def _links(carriers: Sequence[Carrier]) -> list[Link]:
    links = []
    for carrier in carriers:
        if context := context_of(carrier):
            links.append(Link(context))
            if len(links) == LINKS_MAX:
                break
    return links


def _is_one_trace(carriers: Sequence[Carrier], links: Sequence[Link]) -> bool:
    return len(links) == len(carriers) and len({link.context.trace_id for link in links}) == 1
