"""What ERPs tell us: the public contract. It only grows; a field never changes its meaning.

Every event is the whole object; an optional field that is absent means none. Null is refused. Amounts may be
decimal strings or JSON numbers; dates are local to the legal entity. Unknown fields are ignored.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, Strict

from shared.contracts.event import ABSENT, Part

VERSION_MAX = 2**53 - 1
TEXT_CHARACTERS_MAX = 500
NOTE_CHARACTERS_MAX = 2_000
CONTACTS_MAX = 200
ALLOCATIONS_MAX = 2_000
HOLDS_MAX = 100
CURRENCIES_MAX = 200
PARTS_MAX = 10_000

CUSTOMERS = "erp.customers.v1"
INVOICES = "erp.invoices.v1"
PAYMENTS = "erp.payments.v1"
BALANCES = "erp.balances.v1"
INBOX = "erp.inbox.v1"

Version = Annotated[int, Strict(), Field(ge=1, le=VERSION_MAX)]
Name = Annotated[str, Field(min_length=1, max_length=TEXT_CHARACTERS_MAX)]
Note = Annotated[str, Field(max_length=NOTE_CHARACTERS_MAX)]
Code = Annotated[str, Field(min_length=1, max_length=TEXT_CHARACTERS_MAX)]
Amount = Decimal
Day = Annotated[date, Strict()]
"""As a text; a number is no date, though it might be seconds."""


class Kind(StrEnum):
    BUSINESS = "business"
    CONSUMER = "consumer"
    PUBLIC = "public"
    INTERCOMPANY = "intercompany"


class CustomerStatus(StrEnum):
    ACTIVE = "active"
    INACTIVE = "inactive"
    DELETED = "deleted"


class Role(StrEnum):
    BILLING = "billing"
    ACCOUNTS_PAYABLE = "accounts-payable"
    DECISION_MAKER = "decision-maker"
    OTHER = "other"


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"
    PHONE = "phone"


class InvoiceKind(StrEnum):
    INVOICE = "invoice"
    DEBIT_NOTE = "debit-note"
    INTEREST = "interest"
    JOURNAL = "journal"


class CreditNoteKind(StrEnum):
    CREDIT_NOTE = "credit-note"
    JOURNAL = "journal"


class InvoicePaymentMethod(StrEnum):
    TRANSFER = "transfer"
    CARD = "card"
    DIRECT_DEBIT = "direct-debit"
    CHEQUE = "cheque"
    OTHER = "other"


class PaymentMethod(StrEnum):
    TRANSFER = "transfer"
    CARD = "card"
    DIRECT_DEBIT = "direct-debit"
    CHEQUE = "cheque"
    CASH = "cash"
    OTHER = "other"


class ReturnReason(StrEnum):
    BANK_RETURN = "bank-return"
    CHARGEBACK = "chargeback"
    REFUND = "refund"
    OTHER = "other"


class CreditKind(StrEnum):
    PAYMENT = "payment"
    CREDIT_NOTE = "credit-note"


class ItemKind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit-note"
    PAYMENT = "payment"


class DeductionKind(StrEnum):
    DISCOUNT = "discount"
    TAX_WITHHELD = "tax-withheld"
    BANK_FEE = "bank-fee"
    SMALL_DIFFERENCE = "small-difference"
    OTHER = "other"


class AdjustmentReason(StrEnum):
    WRITE_OFF = "write-off"
    SMALL_DIFFERENCE = "small-difference"
    DISCOUNT = "discount"
    TAX_WITHHELD = "tax-withheld"
    BANK_FEE = "bank-fee"
    FX = "fx"
    NETTING = "netting"
    REFUND = "refund"
    OTHER = "other"


class ErpEvent(Part):
    """Base of the contract's events."""

    TYPE: ClassVar[str]
    TOPIC: ClassVar[str]


class ErpContact(Part):
    contact_id: Name
    name: Name
    role: Role
    email: Annotated[Name | None, ABSENT] = None
    phone: Annotated[Name | None, ABSENT] = None
    language: Annotated[Code | None, ABSENT] = None
    preferred_channel: Annotated[Channel | None, ABSENT] = None
    opted_out: Annotated[tuple[Channel, ...], Field(max_length=8)] = ()


class ErpOwner(Part):
    """Who at our company looks after the customer."""

    name: Name
    email: Name


class ErpCreditLimit(Part):
    amount: Amount
    currency: Code


class ErpCustomerHold(Part):
    reason: Name
    until: Annotated[Day | None, ABSENT] = None
    legal_entity: Annotated[Code | None, ABSENT] = None


class ErpCustomerChanged(ErpEvent):
    """A customer and everybody we may write to there. Intercompany, inactive and deleted ones are never chased."""

    TYPE = "erp.customer.changed.v1"
    TOPIC = CUSTOMERS

    customer_number: Name
    version: Version
    name: Name
    kind: Kind
    status: CustomerStatus
    country: Code
    language: Code
    legal_entity: Annotated[Code | None, ABSENT] = None
    time_zone: Annotated[Code | None, ABSENT] = None
    contacts: Annotated[tuple[ErpContact, ...], Field(max_length=CONTACTS_MAX)]
    account_owner: Annotated[ErpOwner | None, ABSENT] = None
    credit_limit: Annotated[ErpCreditLimit | None, ABSENT] = None
    customer_since: Annotated[Day | None, ABSENT] = None
    holds: Annotated[tuple[ErpCustomerHold, ...], Field(max_length=HOLDS_MAX)] = ()
    merged_into: Annotated[Name | None, ABSENT] = None


class ErpInstalment(Part):
    number: Annotated[int, Field(ge=1)]
    due_on: Annotated[Day | None, ABSENT] = None
    amount: Amount


class ErpDiscount(Part):
    until: Day
    percent: Annotated[Decimal | None, ABSENT] = None
    amount: Annotated[Amount | None, ABSENT] = None


class ErpInvoiceHold(Part):
    reason: Name
    amount: Annotated[Amount | None, ABSENT] = None
    until: Annotated[Day | None, ABSENT] = None


class ErpOpening(Part):
    open: Amount
    as_of: Day


class ErpDeduction(Part):
    kind: DeductionKind
    amount: Amount


class ErpAllocation(Part):
    """`amount` is in the invoice's currency; `credit_amount` in the credit's, required when it differs."""

    invoice_id: Name
    instalment: Annotated[int | None, ABSENT] = None
    amount: Amount
    credit_amount: Annotated[Amount | None, ABSENT] = None
    deductions: Annotated[tuple[ErpDeduction, ...], Field(max_length=HOLDS_MAX)] = ()


Allocations = Annotated[tuple[ErpAllocation, ...], Field(max_length=ALLOCATIONS_MAX)]


class ErpInvoicePosted(ErpEvent):
    """An invoice, debit note, interest invoice or journal line that is owed. `due_on` is the last due date."""

    TYPE = "erp.invoice.posted.v1"
    TOPIC = INVOICES

    invoice_id: Name
    version: Version
    invoice_number: Name
    kind: InvoiceKind
    customer_number: Name
    legal_entity: Code
    issued_on: Day
    due_on: Day
    instalments: Annotated[tuple[ErpInstalment, ...], Field(max_length=HOLDS_MAX)] = ()
    currency: Code
    total: Amount
    net: Annotated[Amount | None, ABSENT] = None
    tax: Annotated[Amount | None, ABSENT] = None
    discounts: Annotated[tuple[ErpDiscount, ...], Field(max_length=HOLDS_MAX)] = ()
    payment_method: Annotated[InvoicePaymentMethod | None, ABSENT] = None
    payment_reference: Annotated[Name | None, ABSENT] = None
    purchase_order: Annotated[Name | None, ABSENT] = None
    document_url: Annotated[Note | None, ABSENT] = None
    holds: Annotated[tuple[ErpInvoiceHold, ...], Field(max_length=HOLDS_MAX)] = ()
    opening: Annotated[ErpOpening | None, ABSENT] = None


class ErpInvoiceCancelled(ErpEvent):
    """The invoice is owed no more; a later posting with a higher version revives it."""

    TYPE = "erp.invoice.cancelled.v1"
    TOPIC = INVOICES

    invoice_id: Name
    version: Version
    customer_number: Annotated[Name | None, ABSENT] = None
    cancelled_on: Day
    reason: Annotated[Note | None, ABSENT] = None


class ErpCreditNotePosted(ErpEvent):
    """A credit note. `corrects_invoice_id` is a legal reference only; `allocations` say what it pays."""

    TYPE = "erp.credit-note.posted.v1"
    TOPIC = INVOICES

    credit_note_id: Name
    version: Version
    credit_note_number: Name
    kind: CreditNoteKind
    customer_number: Name
    legal_entity: Code
    issued_on: Day
    currency: Code
    total: Amount
    net: Annotated[Amount | None, ABSENT] = None
    tax: Annotated[Amount | None, ABSENT] = None
    corrects_invoice_id: Annotated[Name | None, ABSENT] = None
    allocations: Annotated[Allocations | None, ABSENT] = None
    reason: Annotated[Note | None, ABSENT] = None
    opening: Annotated[ErpOpening | None, ABSENT] = None
    request_id: Annotated[Name | None, ABSENT] = None


class ErpCreditNoteCancelled(ErpEvent):
    """The credit note counts no more."""

    TYPE = "erp.credit-note.cancelled.v1"
    TOPIC = INVOICES

    credit_note_id: Name
    version: Version
    customer_number: Annotated[Name | None, ABSENT] = None
    cancelled_on: Day
    reason: Annotated[Note | None, ABSENT] = None


class ErpItem(Part):
    kind: ItemKind
    id: Name
    instalment: Annotated[int | None, ABSENT] = None


class ErpAdjustmentPosted(ErpEvent):
    """Taken off the open amount of an item without money moving; a negative amount puts back."""

    TYPE = "erp.adjustment.posted.v1"
    TOPIC = INVOICES

    adjustment_id: Name
    version: Version
    customer_number: Name
    legal_entity: Code
    item: ErpItem
    currency: Code
    amount: Amount
    reason: AdjustmentReason
    posted_on: Day
    request_id: Annotated[Name | None, ABSENT] = None


class ErpAdjustmentCancelled(ErpEvent):
    """The adjustment counts no more."""

    TYPE = "erp.adjustment.cancelled.v1"
    TOPIC = INVOICES

    adjustment_id: Name
    version: Version
    customer_number: Annotated[Name | None, ABSENT] = None
    cancelled_on: Day
    reason: Annotated[Note | None, ABSENT] = None


class ErpPaymentReceived(ErpEvent):
    """Money on our account at `value_date`. Without a customer it waits until it gains one."""

    TYPE = "erp.payment.received.v1"
    TOPIC = PAYMENTS

    payment_id: Name
    version: Version
    customer_number: Annotated[Name | None, ABSENT] = None
    legal_entity: Code
    value_date: Day
    currency: Code
    amount: Amount
    method: PaymentMethod
    reference: Annotated[Note | None, ABSENT] = None
    bank_reference: Annotated[Name | None, ABSENT] = None
    allocations: Annotated[Allocations | None, ABSENT] = None
    opening: Annotated[ErpOpening | None, ABSENT] = None
    request_id: Annotated[Name | None, ABSENT] = None


class ErpPaymentReturned(ErpEvent):
    """`amount` is cumulative over all returns of the payment; absent = all of it."""

    TYPE = "erp.payment.returned.v1"
    TOPIC = PAYMENTS

    payment_id: Name
    version: Version
    customer_number: Annotated[Name | None, ABSENT] = None
    returned_on: Day
    amount: Annotated[Amount | None, ABSENT] = None
    reason: ReturnReason


class ErpPaymentCancelled(ErpEvent):
    """The payment was a typing error: no behaviour of the payer."""

    TYPE = "erp.payment.cancelled.v1"
    TOPIC = PAYMENTS

    payment_id: Name
    version: Version
    customer_number: Annotated[Name | None, ABSENT] = None
    cancelled_on: Day
    reason: Annotated[Note | None, ABSENT] = None


class ErpCredit(Part):
    kind: CreditKind
    id: Name


class ErpAllocationsSet(ErpEvent):
    """Replaces all allocations of one credit; has a version line of its own."""

    TYPE = "erp.allocations.set.v1"
    TOPIC = PAYMENTS

    credit: ErpCredit
    version: Version
    customer_number: Name
    allocations: Allocations


class ErpStatedItem(Part):
    kind: ItemKind
    id: Name
    currency: Code
    open: Amount


class ErpTotal(Part):
    currency: Code
    open: Amount


class ErpOpenItemsStated(ErpEvent):
    """The ERP's nightly word on one customer: compared, never booked. Complete: an item not listed is 0.

    `open` is what is left of an item at the end of `as_of`, zero or more for every kind. A customer's items may come in
    `parts` of one run; then each record says which `part` it is.
    """

    TYPE = "erp.open-items.stated.v1"
    TOPIC = BALANCES

    run_id: Name
    customer_number: Name
    legal_entity: Code
    as_of: Day
    part: Annotated[Annotated[int, Field(ge=1, le=PARTS_MAX)] | None, ABSENT] = None
    parts: Annotated[Annotated[int, Field(ge=1, le=PARTS_MAX)] | None, ABSENT] = None
    items: Annotated[tuple[ErpStatedItem, ...], Field(max_length=ALLOCATIONS_MAX)]


class ErpOpenItemsCompleted(ErpEvent):
    """The end of a nightly run: customers not stated have nothing open.

    `customers` counts those stated. `totals` are by currency what is open of invoices less what is open of credit
    notes and payments, over all that was stated; they may be negative.
    """

    TYPE = "erp.open-items.completed.v1"
    TOPIC = BALANCES

    run_id: Name
    legal_entity: Code
    as_of: Day
    customers: Annotated[int, Field(ge=0)]
    totals: Annotated[tuple[ErpTotal, ...], Field(max_length=CURRENCIES_MAX)]


class ErpRequestRefused(ErpEvent):
    """The ERP's no to a request of ours; comes on the topic of the object that was asked for."""

    TYPE = "erp.request.refused.v1"
    TOPIC = INVOICES

    request_id: Name
    reason: Note
