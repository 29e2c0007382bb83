"""CloudEvents 1.0 on Kafka: binary mode out, binary and structured mode in."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from json.decoder import scanstring  # type: ignore[attr-defined]  # typeshed does not know it
from typing import Any, Protocol

from shared.base.clock import Moment
from shared.base.errors import Refusal
from shared.messaging.bus import MESSAGE_BYTES_MAX

SPEC = "1.0"
STRUCTURED = "application/cloudevents+json"
ATTRIBUTES = (
    *("specversion", "id", "source", "type", "subject", "time", "dataschema", "datacontenttype"),
    *("partitionkey", "sequence", "recordedtime", "correlationid", "causationid"),
    *("traceparent", "tracestate", "origintraces"),
)
CONTENT_TYPE = "content-type"
READ = {f"ce_{name}": name for name in ATTRIBUTES} | {CONTENT_TYPE: CONTENT_TYPE}
"""The only headers that are read, and what they say; all others are the sender's own business."""

REQUIRED = ("specversion", "id", "source", "type")
ATTRIBUTE_BYTES_MAX, SOURCE_BYTES_MAX = 2_000, 500
"""A longer attribute makes the record unreadable (the id is the ERP's to choose, but not without end). PostgreSQL's
indexes take 2,704 bytes: an event id, or a source and a customer number."""

BYTES_SURELY = SOURCE_BYTES_MAX // 4
"""Of no more characters than these the bytes need not be counted."""

KEY_BYTES_MAX = 500
"""Ours are a UUID; of a longer one no more is kept."""

_SKIM = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)


class PayloadUnreadable(Refusal):
    code = "payload-unreadable"


class PayloadTooLarge(Refusal):
    code = "payload-too-large"


class EnvelopeIncomplete(Refusal):
    code = "field-missing"


@dataclass(slots=True)
class Record:
    """One record off the bus. `refusal` says why its envelope cannot be read; then the attributes may be empty.

    `attributes` are CloudEvents attributes by their plain names; `data` are the bytes of the event itself.
    """

    topic: str
    partition: int
    offset: int
    key: str
    attributes: dict[str, str]
    data: bytes
    refusal: Refusal | None = None
    recorded_ms: int = 0
    """When the broker took it, by the machine's clock."""

    event: Any = field(default=None)
    """The model, once somebody has read it."""

    @property
    def type(self) -> str:
        return self.attributes.get("type", "")

    @property
    def source(self) -> str:
        return self.attributes.get("source", "")

    @property
    def id(self) -> str:
        return self.attributes.get("id", "")

    @property
    def trace_headers(self) -> dict[str, str]:
        """W3C trace context, as a propagator's carrier."""
        return {
            name: self.attributes[name]
            for name in ("traceparent", "tracestate")
            if name in self.attributes
        }


def told_at(cause: object, *, otherwise: Moment) -> Moment:
    """When the teller of what is being handled learned it (CloudEvents `recordedtime`, ours): a restored database hears
    it long after. `otherwise` where the cause is no record, or does not say.
    """
    text = cause.attributes.get("recordedtime", "") if isinstance(cause, Record) else ""
    return datetime.fromisoformat(text) if text else otherwise


class FromBroker(Protocol):
    """What a broker's client hands us."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


def read(message: FromBroker, *, topic: str) -> Record:
    """Read one message; whatever is wrong with its envelope is a refusal inside the record, never an exception.

    Attributes that are sound are kept even then, so that a refused record can still be named. None of them holds
    anything that a database or a header could not keep.
    """
    record = Record(
        topic=topic,
        partition=message.partition,
        offset=message.offset,
        key=(message.key or b"")[:KEY_BYTES_MAX]
        .decode("utf-8", "replace")
        .replace("\x00", "\ufffd"),
        attributes={},
        data=message.value or b"",
        recorded_ms=message.timestamp,
    )
    try:
        _fill(record, message.headers)
    except Refusal as refusal:
        record.refusal = refusal
    return record


def _fill(record: Record, headers: Iterable[tuple[str, bytes | None]]) -> None:
    broken = _keep(record, headers)
    if _media_type(record.attributes.pop(CONTENT_TYPE, "")) == STRUCTURED:
        broken = _keep(record, _unwrapped(record))

    for name in broken:
        raise PayloadUnreadable(
            f"the CloudEvents attribute {name!r} is no text of at most {_bytes_max(name)} bytes",
            pointer=f"/{name}",
        )
    for name in REQUIRED:
        if not record.attributes.get(name):
            raise EnvelopeIncomplete(
                f"the CloudEvents attribute {name!r} is missing", pointer=f"/{name}"
            )
    if record.attributes["specversion"] != SPEC:
        raise PayloadUnreadable(
            f"CloudEvents {record.attributes['specversion']!r} is not spoken here, {SPEC} is"
        )


@lru_cache
def _media_type(content_type: str) -> str:
    return content_type.split(";", maxsplit=1)[0].strip().lower()


def _keep(record: Record, headers: Iterable[tuple[str, bytes | None]]) -> list[str]:
    """Keep those that are read and are text as the record's attributes; returns the names of what is no text."""
    broken: list[str] = []
    attributes = record.attributes = {}
    for header, value in headers:
        name = READ.get(header) or READ.get(header.lower())
        if name is None:
            continue
        try:
            text = value.decode() if value else ""
        except UnicodeDecodeError:
            broken.append(name)
            continue
        if "\x00" in text or (len(text) > BYTES_SURELY and len(text.encode()) > _bytes_max(name)):
            broken.append(name)
        else:
            attributes[name] = text
    return broken


def _bytes_max(name: str) -> int:
    return SOURCE_BYTES_MAX if name == "source" else ATTRIBUTE_BYTES_MAX


def _unwrapped(record: Record) -> list[tuple[str, bytes | None]]:
    """Structured mode: the envelope is the document, `data` its event. Its attributes as if they were headers."""
    if len(record.data) > MESSAGE_BYTES_MAX:
        raise PayloadTooLarge(f"{len(record.data)} bytes; at most {MESSAGE_BYTES_MAX} are taken")
    try:
        envelope = _members(record.data.decode())
    except (ValueError, RecursionError):
        raise PayloadUnreadable("the structured CloudEvent is not a JSON object") from None

    record.data = envelope["data"][1].encode() if "data" in envelope else b""
    return [
        (f"ce_{name}", value.encode("utf-8", "surrogatepass"))
        for name, (value, _) in envelope.items()
        if isinstance(value, str)
    ]


def _members(document: str) -> dict[str, tuple[Any, str]]:
    """The members of a JSON object: each value, and the very text it was, so that no number is changed on the way."""
    members: dict[str, tuple[Any, str]] = {}
    at = _past("{", document, 0)
    while True:
        name, at = scanstring(document, _past('"', document, at))
        at = _past("", document, _past(":", document, at))
        value, end = _SKIM.raw_decode(document, at)
        members[name] = value, document[at:end]
        at = _past("", document, end)
        if document.startswith("}", at):
            break
        at = _past(",", document, at)
    if _past("", document, at + 1) != len(document):
        raise ValueError("something stands behind the object")
    return members


def _past(sign: str, document: str, at: int) -> int:
    """Where the text goes on behind white space and the sign that is wanted next."""
    while at < len(document) and document[at] in " \t\r\n":
        at += 1
    if not document.startswith(sign, at):
        raise ValueError(f"{sign!r} is missing")
    return at + len(sign)


def wire_headers(headers: dict[str, str]) -> list[tuple[str, bytes]]:
    """Finished headers as Kafka takes them."""
    return [(name, value.encode()) for name, value in headers.items()]
