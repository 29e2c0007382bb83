"""CloudEvents 1.0 on Kafka: binary mode out, binary and structured mode in."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from shared.base.errors import Refusal
from shared.messaging.bus import MESSAGE_BYTES_MAX

SPEC = "1.0"
STRUCTURED = "application/cloudevents+json"
ATTRIBUTES = (
    *("specversion", "id", "source", "type", "subject", "time", "dataschema", "datacontenttype"),
    *("partitionkey", "sequence", "recordedtime", "correlationid", "causationid"),
    *("traceparent", "tracestate", "origintraces"),
)
READ = frozenset(("content-type", *(f"ce_{name}" for name in ATTRIBUTES)))
"""The only headers that are read; all others are the sender's own business."""

REQUIRED = ("specversion", "id", "source", "type")
ATTRIBUTE_CHARACTERS_MAX = 2_000
"""A longer attribute makes the record unreadable (the id is the ERP's to choose, but not without end)."""


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
    """Read one message; whatever is wrong with its envelope is a refusal inside the record, never an exception."""
    record = Record(
        topic=topic,
        partition=message.partition,
        offset=message.offset,
        key=(message.key or b"").decode("utf-8", "replace"),
        attributes={},
        data=message.value or b"",
        recorded_ms=message.timestamp,
    )
    try:
        _fill(record, message.headers)
    except Refusal as refusal:
        record.refusal = refusal
    return record


def _fill(record: Record, headers: Iterable[tuple[str, bytes]]) -> None:
    given = _allowed(headers)
    if given.get("content-type", "").split(";")[0].strip().lower() == STRUCTURED:
        _unwrap(record)
    else:
        record.attributes = {
            name[3:]: value for name, value in given.items() if name.startswith("ce_")
        }

    if len(record.data) > MESSAGE_BYTES_MAX:
        raise PayloadTooLarge(f"{len(record.data)} bytes; at most {MESSAGE_BYTES_MAX} are taken")
    for name in REQUIRED:
        if not record.attributes.get(name):
            raise EnvelopeIncomplete(
                f"the CloudEvents attribute {name!r} is missing", pointer=f"/{name}"
            )
    if record.attributes["specversion"] != SPEC:
        raise PayloadUnreadable(
            f"CloudEvents {record.attributes['specversion']!r} is not spoken here, {SPEC} is"
        )


def _allowed(headers: Iterable[tuple[str, bytes]]) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, value in headers:
        known = name.lower()
        if known not in READ:
            continue
        try:
            given[known] = value.decode()
        except (UnicodeDecodeError, AttributeError):
            raise PayloadUnreadable(f"header {known} is not UTF-8", pointer=f"/{known}") from None
        if len(given[known]) > ATTRIBUTE_CHARACTERS_MAX:
            raise PayloadUnreadable(
                f"header {known} is longer than {ATTRIBUTE_CHARACTERS_MAX}", pointer=f"/{known}"
            )
    return given


def _unwrap(record: Record) -> None:
    """Structured mode: the envelope is the document, `data` its event."""
    if len(record.data) > MESSAGE_BYTES_MAX:
        raise PayloadTooLarge(f"{len(record.data)} bytes; at most {MESSAGE_BYTES_MAX} are taken")
    try:
        envelope = json.loads(record.data)
    except (ValueError, RecursionError):
        raise PayloadUnreadable("the structured CloudEvent is not JSON") from None
    if not isinstance(envelope, dict):
        raise PayloadUnreadable("the structured CloudEvent is not a JSON object")

    record.attributes = {
        name: value
        for name, value in envelope.items()
        if f"ce_{name}" in READ
        and isinstance(value, str)
        and len(value) <= ATTRIBUTE_CHARACTERS_MAX
    }
    record.data = json.dumps(
        envelope.get("data"), ensure_ascii=False, separators=(",", ":")
    ).encode("utf-8", "replace")


def wire_headers(headers: dict[str, str]) -> list[tuple[str, bytes]]:
    """Finished headers as Kafka takes them."""
    return [(name, value.encode()) for name, value in headers.items()]
