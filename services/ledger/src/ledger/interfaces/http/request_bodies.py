"""What is given and shown of requests at the doors."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from ledger.domain.request import ENTERED_AS, OURS, Part, Request, State
from ledger.interfaces.http.payments import PaymentShown
from shared.base.money import decimal_text
from shared.contracts import disputes
from shared.contracts.erp import ALLOCATIONS_MAX
from shared.web.accepted import Reason

Figure = Annotated[Decimal, Field(examples=["500.00"])]
"""In the request's currency; a text, so that nothing is lost on the way."""

SHORT_WORDS_CHARACTERS_MAX = 2_000


class Given(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AllocationGiven(Given):
    """`invoice_id` is the ERP's own id, or ours."""

    invoice_id: Reason
    amount: Figure


class ShortGiven(Given):
    """What the payer leaves out of the invoice on purpose, and why: as far as it is still open after the payment, it
    becomes a dispute, once.
    """

    amount: Annotated[Figure, Field(gt=0)]
    reason: disputes.Reason
    words: Annotated[str, Field(max_length=SHORT_WORDS_CHARACTERS_MAX)] = ""


class PaymentPartGiven(AllocationGiven):
    short: ShortGiven | None = None


Allocations = Annotated[list[AllocationGiven], Field(max_length=ALLOCATIONS_MAX)]


class ItemGiven(Given):
    """`id` is the ERP's own id, or ours."""

    kind: Literal["invoice", "payment", "credit-note"]
    id: Reason


class RequestGiven(Given):
    """About a customer's item: a credit-note about an invoice or none, a write-off about an invoice, a refund or an
    allocation about a payment or credit-note. `allocations` for a credit-note or an allocation only; their sum is at
    most `amount`.
    """

    kind: Literal["credit-note", "write-off", "refund", "allocation"]
    customer_id: UUID
    legal_entity: Reason
    currency: Reason
    amount: Figure
    item: ItemGiven | None = None
    reason: Reason | None = None
    allocations: Allocations | None = None


class PaymentGiven(Given):
    """`source_id` is whatever the teller calls the payment; `bank_reference` the bank's or provider's id of it.

    Under either it is entered once. Without `allocations` we match it like any payment that nobody directs.
    """

    source_id: Reason | None = None
    customer_id: UUID
    legal_entity: Reason
    value_date: date
    currency: Reason
    amount: Figure
    bank_reference: Reason | None = None
    allocations: Annotated[list[PaymentPartGiven], Field(max_length=ALLOCATIONS_MAX)] | None = None


class Closing(Given):
    reason: Reason


class ItemShown(BaseModel):
    """`id` is the ERP's own."""

    kind: str
    id: str


class ShortShown(BaseModel):
    """As it was said; what of it was open then is disputed."""

    amount: str
    reason: str
    words: str


class PartShown(BaseModel):
    invoice_id: UUID
    source_id: str
    amount: str
    short: ShortShown | None


class EntryShown(BaseModel):
    """Our provisional payment, credit note or adjustment, as long as the request is open."""

    kind: str
    id: UUID
    source: str
    source_id: str


class RequestShown(BaseModel):
    """`state` goes from asked (a second person is wanted) to open, and on to echoed, refused or closed.

    `answered_by` is our id of what the ERP has posted; `date` the value date, or the day on which it was asked for.
    """

    request_id: UUID
    kind: str
    state: State
    source: str
    customer_id: UUID
    customer_number: str
    legal_entity: str
    date: date
    currency: str
    amount: str
    item: ItemShown | None
    reason: str | None
    bank_reference: str | None
    allocations: list[PartShown] | None
    entry: EntryShown | None
    asked_by: str
    asked_at: datetime
    approved_by: str | None
    answered_by: UUID | None
    answered_at: datetime | None
    refused_because: str | None
    closed_by: str | None
    closed_at: datetime | None
    closed_because: str | None


class PaymentEntered(RequestShown):
    """The request, and the payment as it stands in the books: provisional, or the ERP's own where that is there."""

    payment: PaymentShown | None


def shown(request: Request) -> RequestShown:
    """The request as it stands."""
    asked, entered_id = request.asked, request.entered_id
    item = asked.item and ItemShown(kind=asked.item.kind, id=asked.item.source_id)
    parts = None
    if asked.parts is not None:
        parts = [_part_shown(one) for one in asked.parts]
    entry = None
    if entered_id is not None and request.state is State.OPEN:
        entry = EntryShown(
            kind=ENTERED_AS[asked.kind], id=entered_id, source=OURS, source_id=asked.name
        )
    return RequestShown(
        request_id=request.request_id,
        kind=asked.kind.value,
        state=request.state,
        source=asked.source,
        customer_id=asked.customer_id,
        customer_number=asked.customer_number,
        legal_entity=asked.legal_entity,
        date=asked.on,
        currency=asked.currency,
        amount=decimal_text(asked.minor, asked.currency),
        item=item,
        reason=asked.reason,
        bank_reference=asked.bank_reference,
        allocations=parts,
        entry=entry,
        asked_by=request.asked_by,
        asked_at=request.asked_at,
        approved_by=request.approved_by,
        answered_by=request.answered_by,
        answered_at=request.answered_at,
        refused_because=request.refused_why,
        closed_by=request.closed_by,
        closed_at=request.closed_at,
        closed_because=request.closed_why,
    )


def _part_shown(part: Part) -> PartShown:
    short = part.short and ShortShown(
        amount=str(part.short.amount), reason=part.short.reason, words=part.short.words
    )
    return PartShown(
        invoice_id=part.invoice_id, source_id=part.source_id, amount=str(part.amount), short=short
    )
