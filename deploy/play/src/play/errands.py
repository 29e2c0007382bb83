"""What is done at our doors, in the ERP's ids: people of ours enter, ask, decide and close; customers say something."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from shared.base.ids import derived_id, object_id
from shared.base.money import decimal_text
from shared.contracts.erp import ItemKind
from shared.contracts.inbox import (
    PaymentPostingRequested,
    Requested,
    RequestedAllocation,
    RequestedItem,
)


@dataclass(frozen=True, slots=True)
class Asking:
    """One thing wanted of an ERP; `asks` is how the ERP will hear of it, `minor` in units of `currency`."""

    asks: type[Requested]
    source: str
    customer_number: str
    legal_entity: str
    currency: str
    minor: int
    on: date
    reference: str | None = None
    """The bank's own, of a payment."""
    item: tuple[ItemKind, str] | None = None
    parts: tuple[tuple[str, int], ...] | None = None
    """Invoices, and how much belongs to each."""

    @property
    def key(self) -> str:
        """The idempotency key: done again, it is the same errand."""
        about = (self.reference, self.item, self.parts)
        return str(derived_id(self.asks.TYPE, self.source, self.customer_number, self.on, *about))

    def as_told(self, request_id: UUID) -> Requested:
        """What the ERP hears of it."""
        item, parts = self.item, self.allocations
        return self.asks(
            request_id=request_id,
            source=self.source,
            customer_id=object_id(self.source, "customer", self.customer_number),
            customer_number=self.customer_number,
            legal_entity=self.legal_entity,
            item=item and RequestedItem(kind=item[0], id=item[1]),
            currency=self.currency,
            amount=self.amount,
            value_date=self.on if self.asks is PaymentPostingRequested else None,
            provider_reference=self.reference,
            allocations=None
            if parts is None
            else tuple(RequestedAllocation(invoice_id=name, amount=text) for name, text in parts),
        )

    def is_told_by(self, request: Requested) -> bool:
        """Whether this is what the ERP was asked, whoever approved it, and why."""
        return request.model_copy(update={"approved_by": None, "reason": None}) == self.as_told(
            request.request_id
        )

    @property
    def amount(self) -> str:
        return decimal_text(self.minor, self.currency)

    @property
    def allocations(self) -> tuple[tuple[str, str], ...] | None:
        """The parts as they are written."""
        if self.parts is None:
            return None
        return tuple((name, decimal_text(minor, self.currency)) for name, minor in self.parts)


@dataclass(frozen=True, slots=True)
class Closing:
    """Somebody takes note that the ERP does not want it."""

    request_id: UUID
    reason: str


class Answer(StrEnum):
    """What a customer can say of an invoice at the portal."""

    PROMISE = "promise"
    DISPUTE = "dispute"


@dataclass(frozen=True, slots=True)
class Saying:
    """A customer signs in with that address and says something about so much of an invoice."""

    answer: Answer
    source: str
    address: str
    invoice_id: str
    minor: int
    currency: str
    on: date
    pay_on: date | None = None
    """Of a promise."""

    @property
    def key(self) -> str:
        """The idempotency key: said again, it is the same word."""
        return str(derived_id(self.answer, self.source, self.invoice_id, self.on))

    @property
    def items(self) -> list[dict[str, str]]:
        """What is said, as the portal takes it."""
        ours = object_id(self.source, "invoice", self.invoice_id)
        return [
            {"invoice_id": str(ours), "amount": decimal_text(self.minor, self.currency)},
        ]


@dataclass(frozen=True, slots=True)
class Deciding:
    """People of ours decide the dispute of that invoice; what they uphold is asked of the ERP as a credit note."""

    said: Saying
    customer_number: str
    upheld: Asking | None

    @property
    def outcome(self) -> str:
        return "upheld" if self.upheld else "rejected"


Errand = Asking | Closing | Saying | Deciding
