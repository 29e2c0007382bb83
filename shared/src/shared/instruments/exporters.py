"""Where spans go: OTLP by the standard `OTEL_*` variables, Zipkin by its address, a file; or nowhere."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from typing_extensions import override

from shared.db.work import Database
from shared.instruments import traces

SPANS_WAITING_MAX = 65_536
SPANS_AT_ONCE_MAX = 2_048
EXPORT_EVERY_MS = 1_000
FLUSH_MS_MAX = 2_000

_OTLP_VARIABLES: Final = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class FileExporter(SpanExporter):
    """Appends finished spans to a file that several processes share: one JSON document a line, one write a batch."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    @override
    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        os.write(self._file, "".join(_line(span) for span in spans).encode())
        return SpanExportResult.SUCCESS

    @override
    def shutdown(self) -> None:
        os.close(self._file)


def start_tracing(
    service: str, *, zipkin_url: str = "", file: str = "", database: Database | None = None
) -> TracerProvider | None:
    """Begin to record and export spans, SQL and outgoing HTTP included; None when nobody wants any.

    The sampler is OpenTelemetry's own setting (`OTEL_TRACES_SAMPLER`).
    """
    exporters = _exporters(zipkin_url, file)
    if not exporters:
        return None

    provider = TracerProvider(resource=_resource(service))
    processors = [_batching(exporter) for exporter in exporters]
    for processor in processors:
        provider.add_span_processor(processor)
    traces.turn_on(service, provider, processors)
    if database is not None:
        database.watched = traces.in_database
    HTTPXClientInstrumentor().instrument(tracer_provider=provider)
    return provider


def stop_tracing(provider: TracerProvider | None) -> None:
    """Export what is left, for at most `FLUSH_MS_MAX`, and record no more."""
    if provider is None:
        return

    traces.turn_off()
    HTTPXClientInstrumentor().uninstrument()
    provider.force_flush(FLUSH_MS_MAX)
    provider.shutdown()


def _resource(service: str) -> Resource:
    """Who tells; `OTEL_SERVICE_NAME` has the last word."""
    name = os.environ.get("OTEL_SERVICE_NAME") or service
    return Resource.create({"service.name": name, "service.namespace": "dunwell"})


def _exporters(zipkin_url: str, file: str) -> list[SpanExporter]:
    if os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return []
    exporters: list[SpanExporter] = []
    if any(map(os.environ.get, _OTLP_VARIABLES)):
        exporters.append(_otlp())
    if zipkin_url:
        exporters.append(_zipkin(zipkin_url))
    if file:
        exporters.append(FileExporter(Path(file)))
    return exporters


# Imported only when asked for: each brings a second that a process which restarts after a crash need not wait.


def _otlp() -> SpanExporter:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
        OTLPSpanExporter,
    )

    return OTLPSpanExporter()


def _zipkin(url: str) -> SpanExporter:
    from opentelemetry.exporter.zipkin.json import ZipkinExporter  # noqa: PLC0415

    return ZipkinExporter(endpoint=url)


def _batching(exporter: SpanExporter) -> BatchSpanProcessor:
    return BatchSpanProcessor(
        exporter,
        max_queue_size=SPANS_WAITING_MAX,
        max_export_batch_size=SPANS_AT_ONCE_MAX,
        schedule_delay_millis=EXPORT_EVERY_MS,
    )


def _line(span: ReadableSpan) -> str:
    context, parent = span.get_span_context(), span.parent
    assert context is not None
    document = {
        "trace_id": f"{context.trace_id:032x}",
        "span_id": f"{context.span_id:016x}",
        "parent_id": f"{parent.span_id:016x}" if parent else None,
        "service": span.resource.attributes.get("service.name"),
        "name": span.name,
        "kind": span.kind.name.lower(),
        "start_ns": span.start_time,
        "end_ns": span.end_time,
        "status": span.status.status_code.name.lower(),
        "attributes": dict(span.attributes or {}),
        "links": [
            f"{link.context.trace_id:032x}-{link.context.span_id:016x}" for link in span.links
        ],
    }
    return json.dumps(document, ensure_ascii=False, default=str) + "\n"
