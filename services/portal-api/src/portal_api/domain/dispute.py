"""Disputes, as far as their customer may know them: whose errand it is, but no names of ours."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from shared.base.clock import Moment
from shared.base.errors import Refusal


class DisputeUnknown(Refusal):
    """You have no such dispute."""

    code, status = "dispute-unknown", 404


class PaperUnknown(Refusal):
    """You see no such paper of this dispute."""

    code, status = "paper-unknown", 404


class Disputed(NamedTuple):
    """So much of an invoice, or of one instalment; decimals of the dispute's currency. `held` is not asked for now."""

    invoice_id: UUID
    invoice_number: str
    instalment: int | None
    amount: str
    upheld: str | None
    held: str


class Held(NamedTuple):
    """So much of an invoice a dispute holds, in minor units."""

    invoice_id: UUID
    minor: int


class Clock(NamedTuple):
    """As the last move left it: due then if nothing moves, None once it has stopped. While we wait for somebody it
    rests, until `goes_on_at` and no longer.
    """

    kind: str
    due_at: Moment | None
    paused_for: str | None
    goes_on_at: Moment | None
    limit_s: int
    responsible_role: str


class Said(NamedTuple):
    """Words to the customer, with the move of that version."""

    dispute_id: UUID
    version: int
    customer_id: UUID
    at: Moment
    by: str
    words: str


@dataclass(frozen=True, slots=True)
class Dispute:
    """The newest we heard of a dispute; `version` is that of disputes. `words` are those of its last move, and meant
    for the customer.
    """

    dispute_id: UUID
    customer_id: UUID
    version: int
    legal_entity: str
    currency: str
    reason: str
    state: str
    outcome: str | None
    opened_at: Moment
    moved_at: Moment
    moved_by: str
    words: str
    answer_due_at: Moment | None
    decision_due_at: Moment | None
    merged_into: UUID | None
    reopen_until: date | None
    """The last day, at the legal entity, on which its customer may have it opened again."""
    items: tuple[Disputed, ...]
    clocks: tuple[Clock, ...] = ()
