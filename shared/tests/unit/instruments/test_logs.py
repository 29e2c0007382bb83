"""Logs are documents, say what they are about, and keep secrets."""

import json
import logging
import sys

import pytest

from shared.instruments.logs import JsonLines, about, redacted


def line(message: str, *arguments: object, **extra: object) -> dict[str, object]:
    record = logging.getLogger("t").makeRecord(
        "t", logging.WARNING, __file__, 1, message, arguments, None, extra=extra
    )
    document: dict[str, object] = json.loads(JsonLines("ledger").format(record))
    return document


class TestLines:
    def test_say_who_and_what(self) -> None:
        said = line("slice put off", seconds=0.5)

        assert said["service"] == "ledger"
        assert said["level"] == "warning"
        assert said["message"] == "slice put off"
        assert said["seconds"] == 0.5
        assert str(said["time"]).endswith("Z")

    def test_say_which_customer_and_event_they_are_about(self) -> None:
        with about(customer_id="c-1"), about(event_id="e-1"):
            said = line("booked")

        assert (said["customer_id"], said["event_id"]) == ("c-1", "e-1")
        assert "customer_id" not in line("booked")

    def test_carry_the_traceback_on_one_line(self) -> None:
        try:
            raise ValueError("token=abcdef")
        except ValueError:
            record = logging.makeLogRecord({"msg": "failed", "exc_info": sys.exc_info()})

        text = JsonLines("ledger").format(record)

        assert "\n" not in text
        assert "ValueError" in text
        assert "abcdef" not in text


class TestRedaction:
    @pytest.mark.parametrize(
        ("said", "written"),
        [
            ("Authorization: Bearer abc.def-ghi", "Authorization: Bearer …"),
            ("got eyJhbGciOi.eyJzdWIi.c2ln here", "got …token here"),
            (
                "postgresql://dunwell:hunter2@db:5432/ledger",
                "postgresql://dunwell:…@db:5432/ledger",
            ),
            ("cursor_secret='s3cr3t'", "cursor_secret='…'"),
            ("to erika.muster@muster.example", "to e…@m….example"),
            ("sms to +4915112345678 failed", "sms to +49…78 failed"),
            ("['+49 (30) 9018-20', '030 901820']", "['+49…20', '03…20']"),
            ("to erika@bücher.example", "to e…@b….example"),
        ],
    )
    def test_keeps_secrets_and_full_addresses_out(self, said: str, written: str) -> None:
        assert redacted(said) == written

    @pytest.mark.parametrize(
        "said",
        [
            "invoice 4711 of 2026-04-09",
            "at 07:00:00.0004 100.00 EUR",
            "offset 123456789",
            "6f1c1f2e-9a4b-5d0e-8f57-0b1d5a0c7e11",
        ],
    )
    def test_leaves_the_rest_alone(self, said: str) -> None:
        assert redacted(said) == said
