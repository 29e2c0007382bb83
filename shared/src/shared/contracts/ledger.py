"""What the ledger tells: validated facts of the ERP and what the books say of them. Keyed by customer."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.contracts.disputes import Reason
from shared.contracts.erp import (
    Channel,
    CreditNoteKind,
    CustomerStatus,
    InvoiceKind,
    InvoicePaymentMethod,
    Kind,
    PaymentMethod,
    ReturnReason,
    Role,
)
from shared.contracts.event import Amount, Currency, Event, Instant, Part

TOPIC = "ledger.events.v1"


class Contact(Part):
    contact_id: str
    name: str
    role: Role
    email: str | None = None
    phone: str | None = None
    language: str | None = None
    preferred_channel: Channel | None = None
    opted_out: tuple[Channel, ...] = ()


class Owner(Part):
    name: str
    email: str


class CreditLimit(Part):
    amount: Amount
    currency: Currency


class CustomerHold(Part):
    """A hold the ERP set. Until its end (a day of the legal entity, inclusive) or until the ERP takes it away."""

    reason: str
    until: date | None = None
    legal_entity: str | None = None


class Doubt(Part):
    """Why our data of this customer may be wrong: nobody is chased while one stands."""

    code: str
    since: Instant
    record: Annotated[
        str, Field(description="what it is about: the parked record's id, or an object of the ERP")
    ]


class CustomerChanged(Event):
    """The only event that carries contact data. `known` is false while the ERP has not told us of the customer."""

    TYPE = "ledger.customer.changed.v1"
    TOPIC = TOPIC
    SUBJECT = "customer_id"

    source: str
    customer_number: str
    known: bool
    name: str = ""
    kind: Kind = Kind.CONSUMER
    status: CustomerStatus = CustomerStatus.ACTIVE
    country: str = ""
    language: str = "en"
    legal_entity: str | None = None
    time_zone: str | None = None
    contacts: tuple[Contact, ...] = ()
    account_owner: Owner | None = None
    credit_limit: CreditLimit | None = None
    customer_since: date | None = None
    holds: tuple[CustomerHold, ...] = ()
    merged_into: str | None = None
    doubts: tuple[Doubt, ...] = ()


class InvoiceStatus(StrEnum):
    OPEN = "open"
    SETTLED = "settled"
    CANCELLED = "cancelled"


class Instalment(Part):
    """Without `due_on` it is not due at all, such as a retention."""

    number: int
    due_on: date | None = None
    amount: Amount
    open: Amount


class Discount(Part):
    """Early payment: whoever pays `pays` with a value date up to `until` (a day of the legal entity) owes no more."""

    until: date
    amount: Annotated[Amount, Field(description="what is taken off what is open")]
    pays: Amount


class InvoiceHold(Part):
    reason: str
    amount: Amount | None = None
    until: date | None = None


class Invoice(Part):
    """An invoice as the books have it: the whole state."""

    invoice_id: UUID
    customer_id: UUID
    version: Annotated[int, Field(ge=1)]
    source: str
    source_id: str
    invoice_number: str
    kind: InvoiceKind
    legal_entity: str
    issued_on: date
    due_on: date
    currency: Currency
    total: Amount
    open: Amount
    status: InvoiceStatus
    instalments: tuple[Instalment, ...]
    payment_method: InvoicePaymentMethod | None = None
    payment_reference: str | None = None
    purchase_order: str | None = None
    document_url: str | None = None
    returned: Annotated[
        bool,
        Field(
            description="a payment of it came back: direct debit is no reason for silence any more"
        ),
    ] = False
    holds: tuple[InvoiceHold, ...] = ()
    discounts: tuple[Discount, ...] = ()


class InvoiceEvent(Invoice, Event):
    TOPIC = TOPIC
    SUBJECT = "invoice_id"


class InvoiceOpened(InvoiceEvent):
    """The ERP posted it and it is owed."""

    TYPE = "ledger.invoice.opened.v1"


class InvoiceAmended(InvoiceEvent):
    """A newer version differs, or its open amount moved without being settled."""

    TYPE = "ledger.invoice.amended.v1"


class InvoiceSettled(InvoiceEvent):
    """Nothing is open any more."""

    TYPE = "ledger.invoice.settled.v1"


class InvoiceReopened(InvoiceEvent):
    """A payment came back or was applied elsewhere: something is open again, with the old due date."""

    TYPE = "ledger.invoice.reopened.v1"


class InvoiceCancelled(InvoiceEvent):
    """The ERP took it back."""

    TYPE = "ledger.invoice.cancelled.v1"


class PaymentStatus(StrEnum):
    RECEIVED = "received"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class Allocation(Part):
    """Part of a credit that stands against an invoice. Provisional: ours, until the ERP speaks.

    `amount` is what the invoice falls by, deductions included, in its currency.
    """

    invoice_id: UUID
    amount: Amount
    credit_amount: Annotated[
        Amount | None,
        Field(
            description="what it takes of the credit, in the credit's currency, when that is not the amount"
        ),
    ] = None
    provisional: bool = False


class PaymentEvent(Event):
    """A payment, and every invoice whose open amount moved with it."""

    TOPIC = TOPIC
    SUBJECT = "payment_id"

    payment_id: UUID
    source: str
    source_id: str
    legal_entity: str
    value_date: date
    currency: Currency
    amount: Amount
    returned: Amount
    unapplied: Amount
    method: PaymentMethod
    reference: str | None = None
    status: PaymentStatus
    return_reason: ReturnReason | None = None
    returned_on: date | None = None
    allocations: tuple[Allocation, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    answered_by: Annotated[
        UUID | None,
        Field(
            description="of our own entry, when it ends: the payment of the ERP that takes its place, the same money; "
            "null where none does"
        ),
    ] = None


class PaymentReceived(PaymentEvent):
    """Money came in."""

    TYPE = "ledger.payment.received.v1"


class PaymentApplied(PaymentEvent):
    """Its allocations changed: applied, un-applied or applied elsewhere."""

    TYPE = "ledger.payment.applied.v1"


class PaymentReturned(PaymentEvent):
    """The bank, card scheme or we gave it back, in whole or in part; invoices it had paid are open again."""

    TYPE = "ledger.payment.returned.v1"


class PaymentCancelled(PaymentEvent):
    """It never was: a typing error of the ERP."""

    TYPE = "ledger.payment.cancelled.v1"


class CreditStatus(StrEnum):
    POSTED = "posted"
    CANCELLED = "cancelled"


class CreditEvent(Event):
    """A credit note, and every invoice whose open amount moved with it."""

    TOPIC = TOPIC
    SUBJECT = "credit_note_id"

    credit_note_id: UUID
    source: str
    source_id: str
    credit_note_number: str
    kind: CreditNoteKind
    legal_entity: str
    issued_on: date
    currency: Currency
    total: Amount
    unapplied: Amount
    status: CreditStatus
    allocations: tuple[Allocation, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    answers: Annotated[
        str | None,
        Field(
            description="`source_id` of our own entry whose place it takes, where we asked for it"
        ),
    ] = None
    answered_by: Annotated[
        UUID | None,
        Field(
            description="of our own entry: the credit note of the ERP that takes its place; null in a cancellation: "
            "none does, and what it took off is owed again"
        ),
    ] = None


class CreditPosted(CreditEvent):
    """The ERP posted a credit note."""

    TYPE = "ledger.credit.posted.v1"


class CreditApplied(CreditEvent):
    """Its allocations changed: applied, un-applied or applied elsewhere."""

    TYPE = "ledger.credit.applied.v1"


class CreditCancelled(CreditEvent):
    """The ERP took the credit note back."""

    TYPE = "ledger.credit.cancelled.v1"


class DeductionClaimed(Event):
    """A payment came short, and the payer says why: so much of the invoice is not going to be paid as it is.

    Nothing is booked for it. It is told with a payment that a person enters, after the payment itself.
    """

    TYPE = "ledger.deduction.claimed.v1"
    TOPIC = TOPIC
    SUBJECT = "deduction_id"

    deduction_id: UUID
    request_id: Annotated[UUID, Field(description="of the payment, as the ERP is asked to post it")]
    invoice_id: UUID
    invoice_number: str
    legal_entity: str
    currency: Currency
    amount: Annotated[Amount, Field(description="above zero; at most what is open of the invoice")]
    value_date: Annotated[date, Field(description="of the payment")]
    reason: Reason
    words: Annotated[str, Field(description="the payer's")] = ""
    entered_by: Annotated[str, Field(description="subject of whoever entered the payment")]
