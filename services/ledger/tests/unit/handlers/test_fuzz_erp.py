"""Whatever comes in on `erp.*` has one outcome and a code of the contract, and what is kept and told of it is sound."""

import json
from collections.abc import Sequence
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.outcome import PARKED, Outcome
from ledger.handlers.set_aside import set_aside
from ledger.interfaces.consumers import intake_row
from shared.contracts.registry import ERP_EVENTS
from shared.messaging.bus import MESSAGE_BYTES_MAX
from shared.messaging.cloudevents import Record, read
from shared.messaging.tell import row_of
from shared.testing.bodies import schema_of
from shared.testing.fuzz import STRUCTURED, Wire, fuzzed, messages

pytestmark = pytest.mark.fuzz

INDEXED_BYTES_MAX = 2_600
"""A text in a key of PostgreSQL's is shorter, whatever it consists of."""

records = messages(list(ERP_EVENTS))


def record_of(wire: Wire) -> Record:
    return read(wire, topic=wire.topic)


def assert_storable(values: Sequence[object]) -> None:
    for value in values:
        if isinstance(value, str):
            assert "\x00" not in value
            value.encode()


class TestFuzz:
    @fuzzed
    @given(wires=st.lists(records, min_size=1, max_size=6))
    def test_every_record_has_one_outcome_and_a_code_of_the_contract(
        self, new_desk: Any, moment: Any, contract_codes: set[str], wires: list[Wire]
    ) -> None:
        desk = new_desk()
        for wire in wires:
            taken = desk.take_record(record_of(wire))
            assert (taken.code in contract_codes) == (taken.outcome is Outcome.REFUSED), taken
            assert (taken.code == "version-conflicts") == (taken.outcome is Outcome.CONFLICT)
            assert_storable(intake_row(taken, moment))
            if taken.outcome in PARKED:
                assert_storable(set_aside(desk.books, taken, moment=moment))
            identity = taken.reading.identity
            key = f"{taken.reading.record.source}{identity.customer_number}"
            assert len(key.encode()) <= INDEXED_BYTES_MAX or identity.customer_id is None
            assert len(taken.reading.record.id.encode()) <= INDEXED_BYTES_MAX

        assert desk.posted() == desk.held()
        for told in desk.books.told:
            row = row_of(told, recorded_at=moment)
            assert len(row.payload) < MESSAGE_BYTES_MAX
            assert_storable([*row.headers.values(), row.key])

    @fuzzed
    @given(wire=records)
    def test_structured_mode_is_understood_as_binary_mode_is(
        self, new_desk: Any, wire: Wire
    ) -> None:
        binary = record_of(wire)
        if (
            binary.refusal is not None
            or not binary.data
            or wire.headers[0][1] == STRUCTURED.encode()
        ):
            return
        envelope = b'{"specversion":"1.0","id":%s,"source":%s,"type":%s,"data":%s}' % (
            *(json.dumps(binary.attributes[name]).encode() for name in ("id", "source", "type")),
            binary.data,
        )
        other = Wire(wire.topic, envelope, [("content-type", STRUCTURED.encode())])

        plain, wrapped = (new_desk().take_record(one) for one in (binary, record_of(other)))

        assert (plain.outcome, plain.code) == (wrapped.outcome, wrapped.code)

    @fuzzed
    @given(wire=records)
    def test_what_is_accepted_fits_the_published_schema(self, new_desk: Any, wire: Wire) -> None:
        taken = new_desk().take_record(record_of(wire))
        if taken.outcome is Outcome.REFUSED:
            return
        record = taken.reading.record
        checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
        jsonschema.validate(json.loads(record.data), schema_of(record.type), format_checker=checker)


class TestReading:
    @pytest.mark.parametrize("kind", [[], {}, ["payment"], None, 7])
    def test_a_credit_of_no_kind_is_refused(self, desk: Any, kind: Any) -> None:
        taken = desk.take(
            "erp.allocations.set.v1", credit={"kind": kind, "id": "P1"}, version=1, customer_number="C1", allocations=[]
        )  # fmt: skip
        assert taken.outcome is Outcome.REFUSED
        assert taken.reading.identity.customer_number == "C1"
