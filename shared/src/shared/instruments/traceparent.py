"""The W3C header that carries the context of a trace, read and written."""

from collections.abc import Mapping
from functools import lru_cache

from opentelemetry.trace import SpanContext, TraceFlags

CONTEXTS_REMEMBERED = 2_048
"""A slice, its effects and the relay's batch speak of the same contexts."""

Carrier = Mapping[str, str]
"""Headers or CloudEvents attributes that may hold `traceparent` (or `ce_traceparent`) and `tracestate`."""


def context_of(carrier: Carrier) -> SpanContext | None:
    """None without one, and of a malformed one."""
    return _parsed(carrier.get("traceparent") or carrier.get("ce_traceparent") or "")


@lru_cache(maxsize=CONTEXTS_REMEMBERED)
def _parsed(header: str) -> SpanContext | None:
    """W3C trace context; what is malformed is as if it were not there."""
    parts = header.split("-")
    if len(parts) < 4 or (len(parts[1]), len(parts[2]), len(parts[3])) != (32, 16, 2):
        return None
    try:
        context = SpanContext(
            int(parts[1], 16), int(parts[2], 16), True, TraceFlags(int(parts[3], 16))
        )
    except ValueError:
        return None
    return context if context.is_valid else None


def traceparent(trace_id: int, span_id: int, flags: int) -> str:
    """The header."""
    return f"00-{trace_id:032x}-{span_id:016x}-{flags:02x}"
