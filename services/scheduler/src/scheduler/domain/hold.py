"""Hold: silence that a person of ours asked for, with a reason, an owner and an end."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from shared.base.clock import Moment
from shared.base.errors import Refusal
from shared.base.ids import derived_id

DISPUTE, PROMISE, PLAN, AUTOPAY = "dispute", "promise", "plan", "autopay"
"""Kinds of a hold on an amount."""
ENDING_BY_THEMSELVES: Final = frozenset({AUTOPAY})
"""Kinds that are over after their last day; of the others the teller says when they are, which may be later."""


class HoldEndsBeforeItBegins(Refusal):
    code = "hold-ends-before-it-begins"


class HoldAlreadyEnded(Refusal):
    code = "hold-already-ended"
    status = 409


class HoldKind(StrEnum):
    MANUAL = "manual"
    SALES = "sales"
    HARDSHIP = "hardship"
    LEGAL = "legal"
    INSOLVENCY = "insolvency"


class Told(StrEnum):
    """Kinds of a silence that others tell of; only they end it."""

    DISPUTE = "dispute"
    PROMISE = "promise"
    PLAN = "plan"
    AUTOPAY = "autopay"
    ERP = "erp"
    DOUBT = "doubt"
    UNAPPLIED_CASH = "unapplied-cash"


@dataclass(frozen=True, slots=True)
class Silencing:
    """Something that keeps us silent, whoever told of it: as people of ours see it.

    `until` is an instant, `until_on` the last day at the legal entity; an amount in minor units of `currency`.
    """

    hold_id: UUID
    kind: HoldKind | Told
    reason: str
    owner: str
    legal_entity: str | None
    invoice_id: UUID | None
    instalment: int | None
    minor: int | None
    currency: str | None
    placed_at: Moment
    until: Moment | None
    until_on: date | None
    ended_at: Moment | None


@dataclass(frozen=True, slots=True)
class AmountHold:
    """So much of an invoice, or of one of its instalments, is not asked for: the service that told of it says so.

    `minor` in minor units of the invoice's currency; 0 once it has ended. `version` is the teller's.
    """

    hold_id: UUID
    customer_id: UUID
    version: int
    kind: str
    reason: str
    invoice_id: UUID
    instalment: int | None
    minor: int
    legal_entity: str = ""
    currency: str = ""
    owner: str = ""
    placed_at: Moment | None = None
    until: date | None = None
    """The last day of it, of the legal entity; None where there is none."""
    ended_at: Moment | None = None

    @property
    def ends_on(self) -> date | None:
        """Its last day, where no other word of the teller is needed to end it."""
        return self.until if self.kind in ENDING_BY_THEMSELVES else None

    def stands(self, today: date) -> bool:
        return self.ends_on is None or today <= self.ends_on


def amount_hold_id(kind: str, subject_id: UUID, invoice_id: UUID, instalment: int | None) -> UUID:
    """Of one item of a dispute, promise, plan or charge, whatever becomes of the others."""
    return derived_id("amount-hold", kind, subject_id, invoice_id, instalment)


def requested_hold_id(request_id: UUID) -> UUID:
    """Of what a customer asked for."""
    return derived_id("requested-hold", request_id)


@dataclass(frozen=True, slots=True)
class Hold:
    """Of all of the customer, of one legal entity, or of one invoice."""

    hold_id: UUID
    customer_id: UUID
    kind: HoldKind
    reason: str
    owner: str
    placed_at: Moment
    until: Moment | None = None
    legal_entity: str | None = None
    invoice_id: UUID | None = None
    ended_at: Moment | None = None

    def __post_init__(self) -> None:
        if self.until is not None and self.until <= self.placed_at:
            raise HoldEndsBeforeItBegins(
                f"the hold would end at {self.until.isoformat()}, and begins "
                f"at {self.placed_at.isoformat()}",
                pointer="/until",
            )

    def stands(self, moment: Moment) -> bool:
        return self.ended_at is None and not self.is_over(moment)

    def is_over(self, moment: Moment) -> bool:
        """Whether its own end has come."""
        return self.until is not None and self.until <= moment

    def covers(self, legal_entity: str, invoice_id: UUID) -> bool:
        return self.legal_entity in {None, legal_entity} and self.invoice_id in {None, invoice_id}

    def end(self, moment: Moment) -> "Hold":
        """The same hold, ended; a hold ends once."""
        if self.ended_at is not None:
            raise HoldAlreadyEnded(f"the hold ended at {self.ended_at.isoformat()}")
        return replace(self, ended_at=moment)
