"""Logs: one JSON document a line, with the trace, event and customer they are about, and without secrets."""

import json
import logging
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from typing_extensions import override

from shared.instruments.traces import current_trace_id

LINE_CHARACTERS_MAX = 16_000

_about: ContextVar[dict[str, str] | None] = ContextVar("about", default=None)

QUIET: Final = {
    "aiokafka": logging.WARNING,
    "alembic.runtime.plugins": logging.WARNING,
    "httpx": logging.WARNING,
    "uvicorn.access": logging.WARNING,
}
"""Libraries that talk about every step they take."""

_SECRETS: Final = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), r"\1 …"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), "…token"),
    (
        re.compile(
            r"(?i)\b([\w-]*(?:password|secret|token|api[_-]?key))([\"']?\s*[=:]\s*[\"']?)[^\s\"',;&]+"
        ),
        r"\1\2…",
    ),
    (re.compile(r"(/sign-in/)[\w-]+"), r"\1…"),
    (re.compile(r"(://[^\s:/@]+):[^\s/@]+@"), r"\1:…@"),
    (re.compile(r"([\w.%+-])[\w.%+-]*@([\w-])[\w.-]*(\.\w{2,})"), r"\1…@\2…\3"),
    (re.compile(r"(?<![\w.:-])(\+\d{2}|0\d)[\d ()/.-]{3,}(\d{2})(?![\w-])"), r"\1…\2"),
)
"""Credentials go; of mail addresses and phone numbers so much stays that a person can recognise their own."""

_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "color_message",
}


@contextmanager
def about(**facts: object) -> Iterator[None]:
    """Add facts such as `event_id=` and `customer_id=` to every line logged inside the block."""
    known = _about.get() or {}
    token = _about.set(known | {name: str(fact) for name, fact in facts.items()})
    try:
        yield
    finally:
        _about.reset(token)


def redacted(text: str) -> str:
    """The text without tokens, passwords and full addresses."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


class JsonLines(logging.Formatter):
    """`time, level, service, logger, message`, then trace id, facts of the block, extras and traceback."""

    converter = staticmethod(time.gmtime)

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    @override
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "service": self._service,
            "logger": record.name,
            "message": redacted(record.getMessage()),
        }
        if trace_id := current_trace_id():
            line["trace_id"] = trace_id
        line |= _about.get() or {}
        for name, extra in vars(record).items():
            if name not in _STANDARD:
                line[name] = extra if isinstance(extra, int | float) else redacted(str(extra))
        if record.exc_info:
            line["traceback"] = redacted(self.formatException(record.exc_info))[
                -LINE_CHARACTERS_MAX:
            ]
        return json.dumps(line, ensure_ascii=False, default=str)


def start_logs(service: str, level: str) -> None:
    """Send everything logged in this process to standard output, as JSON lines."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines(service))

    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for name, quiet in QUIET.items():
        logging.getLogger(name).setLevel(max(quiet, logging.getLogger().level))
