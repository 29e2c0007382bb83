"""Spans kept in a file, one JSON document a line, found again by trace."""

import json
from collections import OrderedDict
from pathlib import Path

from local_stack.traces.tree import Span

TRACES_MAX = 5_000


class Shelf:
    """The newest TRACES_MAX traces in memory, and all spans in the file."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = file
        self._traces: OrderedDict[str, list[Span]] = OrderedDict()

    def put(self, spans: list[Span]) -> None:
        """Keep spans as they were sent."""
        with self._file.open("a") as file:
            file.writelines(json.dumps(span) + "\n" for span in spans)

        for span in spans:
            self._traces.setdefault(span["traceId"], []).append(span)
            self._traces.move_to_end(span["traceId"])
        while len(self._traces) > TRACES_MAX:
            self._traces.popitem(last=False)

    def one(self, trace_id: str) -> list[Span]:
        """The spans of a trace; none when it is not known."""
        return self._traces.get(trace_id, [])

    def newest(self, limit: int) -> list[list[Span]]:
        """The traces that were added to last, newest first."""
        return list(reversed(self._traces.values()))[:limit]
