"""A customer as the notifier knows it: who they are, and what keeps us silent."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from notifier.domain.contact import Contact
from shared.base.clock import Moment
from shared.base.days import local_day

_BUSINESS = frozenset({"business", "public"})


@dataclass(frozen=True, slots=True)
class ErpHold:
    """A hold that the ERP set; `until` is the last day of it, a day of the legal entity."""

    reason: str
    until: date | None = None
    legal_entity: str | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold that the scheduler keeps: on the customer, on one legal entity, or on one invoice."""

    hold_id: UUID
    customer_id: UUID
    version: int
    kind: str
    placed_at: Moment
    legal_entity: str | None = None
    invoice_id: UUID | None = None
    until: Moment | None = None
    ended_at: Moment | None = None

    def stands(self, now: Moment) -> bool:
        return self.ended_at is None and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class Owner:
    """Who of us looks after the customer."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Team:
    """Whose errand a dispute is: the mailbox that all of them read, and who leads them."""

    mailbox: Owner
    lead: Owner


@dataclass(frozen=True, slots=True)
class Customer:
    """`version` 0: heard of only from others. `parked` counts records that stand aside on the way here."""

    customer_id: UUID
    version: int = 0
    known: bool = False
    customer_number: str = ""
    name: str = ""
    kind: str = "consumer"
    status: str = "active"
    country: str = ""
    language: str = "en"
    time_zone: str | None = None
    contacts: tuple[Contact, ...] = ()
    account_owner: Owner | None = None
    erp_holds: tuple[ErpHold, ...] = ()
    doubts: tuple[str, ...] = ()
    parked: int = 0

    @property
    def is_business(self) -> bool:
        """A customer of unknown kind is treated as a consumer."""
        return self.kind in _BUSINESS

    def is_held_by_erp(self, legal_entity: str, zone: str, now: Moment) -> bool:
        """Whether the ERP asks for silence towards this customer today, for that legal entity in its time zone."""
        today = local_day(now, zone)
        return any(
            hold.legal_entity in {None, legal_entity}
            and (hold.until is None or today <= hold.until)
            for hold in self.erp_holds
        )
