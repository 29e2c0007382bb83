"""Envelopes as they come in: good, odd and broken."""

import json
from dataclasses import dataclass, field

import pytest

from shared.messaging.cloudevents import MESSAGE_BYTES_MAX, Record, read

GOOD = [
    ("content-type", b"application/json"),
    ("ce_specversion", b"1.0"),
    ("ce_id", b"e-1"),
    ("ce_source", b"urn:acme:erp:de01"),
    ("ce_type", b"erp.invoice.posted.v1"),
]


@dataclass
class Message:
    value: bytes | None = b"{}"
    headers: list[tuple[str, bytes]] = field(default_factory=lambda: list(GOOD))
    key: bytes | None = b"C-1"
    topic: str = "erp.invoices.v1"
    partition: int = 2
    offset: int = 7
    timestamp: int = 0


def read_one(message: Message) -> Record:
    return read(message, topic=message.topic)


def code_of(record: Record) -> str:
    return record.refusal.code if record.refusal else ""


class TestBinaryMode:
    def test_attributes_come_from_headers_and_the_event_from_the_value(self) -> None:
        record = read_one(Message(b'{"a":1}'))

        assert (record.id, record.source, record.data) == ("e-1", "urn:acme:erp:de01", b'{"a":1}')
        assert record.refusal is None

    def test_headers_nobody_listed_are_not_read(self) -> None:
        record = read_one(Message(headers=[*GOOD, ("ce_secret", b"x"), ("authorization", b"y")]))

        assert set(record.attributes) == {"specversion", "id", "source", "type"}

    @pytest.mark.parametrize("missing", ["ce_id", "ce_source", "ce_type", "ce_specversion"])
    def test_a_missing_attribute_is_named(self, missing: str) -> None:
        record = read_one(Message(headers=[header for header in GOOD if header[0] != missing]))

        assert code_of(record) == "field-missing"
        assert record.refusal is not None
        assert record.refusal.pointer == f"/{missing[3:]}"

    @pytest.mark.parametrize("value", [b"\xff\xfe", b"a\x00b", b"\xed\xa0\x80", b"x" * 2_001])
    def test_an_attribute_that_nobody_can_keep_is_refused_and_the_others_stay(
        self, value: bytes
    ) -> None:
        record = read_one(Message(headers=[*GOOD, ("ce_subject", value)]))

        assert (code_of(record), record.id, "subject" in record.attributes) == (
            "payload-unreadable",
            "e-1",
            False,
        )

    def test_a_key_or_value_may_be_absent_and_nothing_breaks(self) -> None:
        record = read_one(Message(value=None, key=None))

        assert (record.key, record.data) == ("", b"")


class TestStructuredMode:
    STRUCTURED = (("content-type", b"application/cloudevents+json; charset=utf-8"),)

    def test_the_document_is_the_envelope(self) -> None:
        document = {"specversion": "1.0", "id": "e-1", "source": "s", "type": "t", "data": {"a": 1}}

        record = read_one(Message(json.dumps(document).encode(), list(self.STRUCTURED)))

        assert (record.id, json.loads(record.data)) == ("e-1", {"a": 1})

    def test_the_event_is_the_very_text_that_was_sent(self) -> None:
        event = b'{"a": 1.00000000000000000001, "a": NaN, "b": "\\ud800", "c": 1e400}'
        envelope = b' { "data" : %s , "id":"e-1","source":"s","type":"t","specversion":"1.0" } '

        record = read_one(Message(envelope % event, list(self.STRUCTURED)))

        assert (record.data, record.refusal) == (event, None)

    @pytest.mark.parametrize("odd", ["a\x00b", "a\ud800b", "x" * 2_001])
    def test_attributes_that_nobody_can_keep_are_refused(self, odd: str) -> None:
        document = {"specversion": "1.0", "id": odd, "source": "s", "type": "t", "data": {}}

        record = read_one(Message(json.dumps(document).encode(), list(self.STRUCTURED)))

        assert (code_of(record), record.id, record.source) == ("payload-unreadable", "", "s")

    def test_more_than_a_mebibyte_is_too_large(self) -> None:
        record = read_one(Message(b"x" * (MESSAGE_BYTES_MAX + 1), list(self.STRUCTURED)))

        assert code_of(record) == "payload-too-large"

    @pytest.mark.parametrize(
        "value",
        [
            b"",
            b"{",
            b"{}",
            b"[]",
            b"3",
            b"\xff",
            b"[" * 100_000,
            b'{"id":"1"}{}',
            b'{"data":' + b"[" * 9_999,
        ],
    )
    def test_what_is_no_document_is_refused(self, value: bytes) -> None:
        assert code_of(read_one(Message(value, list(self.STRUCTURED)))) == "payload-unreadable"
