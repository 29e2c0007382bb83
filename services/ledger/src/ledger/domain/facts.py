"""What the ERP's records say, once validated: the only shape in which handlers meet them."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from ledger.domain.adjustment import AdjustmentBody
from ledger.domain.credit import CreditBody, Returned
from ledger.domain.direction import Direction
from ledger.domain.invoice import InvoiceBody
from ledger.domain.line import Stamp
from ledger.domain.run import ItemsStated, RunCompleted


class CustomerTold(NamedTuple):
    """The ERP's word on a customer; `body` is the JSON of our own event's fields."""

    customer_id: UUID
    stamp: Stamp
    body: str
    merged_into: str | None


class InvoicePosted(NamedTuple):
    invoice_id: UUID
    source: str
    source_id: str
    customer_id: UUID
    stamp: Stamp
    body: InvoiceBody


class InvoiceCancelled(NamedTuple):
    """`customer_id` is None when the ERP names none."""

    invoice_id: UUID
    source: str
    source_id: str
    customer_id: UUID | None
    stamp: Stamp
    cancelled_on: date


class CreditRef(NamedTuple):
    """Which payment or credit note a record speaks of, and whose word on allocations counts for its source."""

    credit_id: UUID
    kind: str
    source: str
    source_id: str
    customer_id: UUID | None
    matched_by_us: bool


class CreditPosted(NamedTuple):
    """A payment received or a credit note posted."""

    credit: CreditRef
    stamp: Stamp
    body: CreditBody
    request_id: str | None = None


class CreditCancelled(NamedTuple):
    credit: CreditRef
    stamp: Stamp
    cancelled_on: date


class PaymentReturned(NamedTuple):
    credit: CreditRef
    stamp: Stamp
    returned: Returned


class AllocationsSet(NamedTuple):
    """Replaces all allocations of one credit; `stamp` is on a version line of its own."""

    credit: CreditRef
    stamp: Stamp
    directions: tuple[Direction, ...]


class AdjustmentRef(NamedTuple):
    """Which adjustment a record speaks of; `customer_id` is None when the ERP names none."""

    adjustment_id: UUID
    source: str
    source_id: str
    customer_id: UUID | None


class AdjustmentPosted(NamedTuple):
    adjustment: AdjustmentRef
    stamp: Stamp
    body: AdjustmentBody


class AdjustmentCancelled(NamedTuple):
    adjustment: AdjustmentRef
    stamp: Stamp
    cancelled_on: date


class RequestRefused(NamedTuple):
    """The ERP's no to a request of ours, in its own words."""

    source: str
    request_id: str
    reason: str


Fact = (
    CustomerTold
    | InvoicePosted
    | InvoiceCancelled
    | CreditPosted
    | CreditCancelled
    | PaymentReturned
    | AllocationsSet
    | AdjustmentPosted
    | AdjustmentCancelled
    | ItemsStated
    | RunCompleted
    | RequestRefused
)
