"""What is done at our doors, in the ERP's ids: our people enter, ask, decide and close; customers say things or pay."""

from collections.abc import Iterable
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
    """What a customer can do about an invoice at the portal."""

    DISPUTE = "dispute"
    PROMISE = "promise"
    PLAN = "plan"
    PAYMENT = "payment"


class End(StrEnum):
    """What is to become of an answer."""

    UPHELD = "upheld"
    REJECTED = "rejected"
    KEPT = "kept"
    BROKEN = "broken"
    PAID = "paid"


class AtPage(StrEnum):
    """What happens at the provider's page, as the provider's doors have it."""

    DECLINED = "declines"
    SLOW = "slow"
    """The payer is done, and their bank takes its time."""
    PAID = "payments"


@dataclass(frozen=True, slots=True)
class Saying:
    """A customer signs in with that address and says something about so much of an invoice; `meant` to end so."""

    answer: Answer
    source: str
    address: str
    invoice_id: str
    minor: int
    currency: str
    on: date
    meant: End
    pay_on: date | None = None
    """Of a promise; of a plan the first day."""

    @property
    def key(self) -> str:
        """The idempotency key: said again, it is the same word."""
        return str(derived_id(self.answer, self.source, self.invoice_id, self.on))

    @property
    def our_invoice(self) -> str:
        """The invoice's id, as we have it."""
        return str(object_id(self.source, "invoice", self.invoice_id))

    @property
    def items(self) -> list[dict[str, str]]:
        """What is said, as the portal takes it."""
        return [
            {"invoice_id": self.our_invoice, "amount": decimal_text(self.minor, self.currency)},
        ]


@dataclass(frozen=True, slots=True)
class Paying:
    """A customer asks to pay, and what happens then at the provider's page; done on, it is the same payment.

    `asks` is how the ERP will hear of it, but for the provider's number of the money, which nobody knows before.
    """

    said: Saying
    asks: Asking
    at_page: tuple[AtPage, ...]
    left_out: bool = False
    """What else is open of the invoice is left out on purpose, and so disputed."""

    @property
    def answer(self) -> Answer:
        return self.said.answer

    def is_told_by(self, request: Requested) -> bool:
        """Whether this is the money that the ERP is to post."""
        return self.asks.is_told_by(request.model_copy(update={"provider_reference": None}))


@dataclass(frozen=True, slots=True)
class Deciding:
    """People of ours decide the dispute of that invoice; what they uphold is asked of the ERP as a credit note."""

    said: Saying
    customer_number: str
    upheld: Asking | None

    @property
    def outcome(self) -> End:
        return End.UPHELD if self.upheld else End.REJECTED


Errand = Asking | Closing | Saying | Paying | Deciding


def sayings_of(errands: Iterable[Errand]) -> list[Saying]:
    """What customers said, each once, in the order in which they did."""
    said = (one.said if isinstance(one, Paying) else one for one in errands)
    return list(dict.fromkeys(one for one in said if isinstance(one, Saying)))
