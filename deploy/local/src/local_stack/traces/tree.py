"""A trace as a tree in plain text. Spans are Zipkin's: times in microseconds, ids in hex."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

Span = dict[str, Any]

NAME_WIDTH = 58


def tree(spans: list[Span]) -> str:
    """One line a span: its place in the tree, service, start after the first span, duration."""
    if not spans:
        return "no spans"

    first = min(span.get("timestamp", 0) for span in spans)
    lines = [f"trace {spans[0]['traceId']}, {len(spans)} spans", ""]
    lines += [_line(span, depth, first) for span, depth in _ordered(spans)]
    return "\n".join(lines)


def _ordered(spans: list[Span]) -> Iterator[tuple[Span, int]]:
    known = {span["id"] for span in spans}
    children: dict[str, list[Span]] = defaultdict(list)
    for span in sorted(spans, key=lambda span: span.get("timestamp", 0)):
        parent = span.get("parentId", "")
        children[parent if parent in known else ""].append(span)

    waiting = [(span, 0) for span in reversed(children[""])]
    while waiting:
        span, depth = waiting.pop()
        yield span, depth
        waiting.extend((child, depth + 1) for child in reversed(children[span["id"]]))


def _line(span: Span, depth: int, first: int) -> str:
    name = "  " * depth + str(span.get("name", "?"))
    service = str(span.get("localEndpoint", {}).get("serviceName", "?"))
    start_ms = (span.get("timestamp", first) - first) / 1000
    wrong = "  error" if "error" in span.get("tags", {}) else ""
    took_ms = span.get("duration", 0) / 1000
    return f"{name:<{NAME_WIDTH}} {service:<11} +{start_ms:9.1f} ms {took_ms:9.1f} ms{wrong}"
