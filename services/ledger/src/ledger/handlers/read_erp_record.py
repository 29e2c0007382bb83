"""Read one record of the ERP: from bytes to a validated fact, or to a refusal with a name (ERP rule 12)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from ledger.domain.facts import Fact
from ledger.handlers.know_source import Registered, SourceUnknown
from ledger.handlers.name_refusal import refusal_of
from ledger.handlers.read_identity import NOTHING, Identity, identity_in, identity_of
from ledger.handlers.understand import UNDERSTOOD
from ledger.handlers.understand_run import RUNS_UNDERSTOOD
from shared.base.errors import Refusal
from shared.contracts import erp
from shared.contracts.registry import ERP_EVENTS
from shared.messaging.bus import MESSAGE_BYTES_MAX
from shared.messaging.cloudevents import PayloadTooLarge, PayloadUnreadable, Record

BALANCES = frozenset({erp.ErpOpenItemsStated.TYPE, erp.ErpOpenItemsCompleted.TYPE})
"""Refused without silence: they say nothing that is not told elsewhere."""


class TypeUnknown(Refusal):
    code = "type-unknown"


@dataclass(slots=True)
class Reading:
    """A record and what became of reading it: a fact or a refusal, and what it is about either way."""

    record: Record
    identity: Identity
    fact: Fact | None = None
    refusal: Refusal | None = None

    @property
    def silences(self) -> bool:
        """Whether refusing it puts customers in doubt."""
        return self.record.type not in BALANCES

    @property
    def customer_ids(self) -> tuple[UUID, ...]:
        return (self.identity.customer_id,) if self.identity.customer_id is not None else ()


def read_erp_record(record: Record, registered: Registered) -> Reading:
    """Never raises for what an ERP may send: whatever is wrong becomes the reading's refusal."""
    try:
        event = _parse(record, registered)
        identity = identity_of(record.source, event)
    except Refusal as refusal:
        return Reading(record, identity_in(record), refusal=refusal)

    source, kind = registered.sources[record.source], type(event)
    understand = UNDERSTOOD.get(kind) or RUNS_UNDERSTOOD[kind]
    try:
        return Reading(record, identity, fact=understand(event, identity, source))
    except Refusal as refusal:
        return Reading(record, identity, refusal=refusal)


def read_crashed(record: Record) -> Reading:
    """What can still be said of a record whose taking crashed, perhaps in the reading itself: never crashes again."""
    try:
        return Reading(record, identity_in(record))
    except Exception:  # noqa: BLE001 - the crash is told by whoever asks; this is only about whom it concerns
        return Reading(record, NOTHING)


def _parse(record: Record, registered: Registered) -> Any:
    if record.refusal is not None:
        raise record.refusal
    if len(record.data) > MESSAGE_BYTES_MAX:
        raise PayloadTooLarge(f"{len(record.data)} bytes; at most {MESSAGE_BYTES_MAX} are taken")
    if record.source not in registered.sources:
        raise SourceUnknown(
            f"{record.source!r} is not registered in the company file", pointer="/source"
        )
    model = ERP_EVENTS.get(record.type)
    if model is None:
        raise TypeUnknown(f"{record.type!r} is not a type of the ERP contract", pointer="/type")
    if b"\\u0000" in record.data:
        raise PayloadUnreadable("the character U+0000 has no place in the books")

    try:
        event = model.__pydantic_validator__.validate_json(record.data)
    except ValidationError as error:
        raise refusal_of(error) from None
    return event
