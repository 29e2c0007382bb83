"""What we say to the ERPs, on `erp.inbox.v1`. The ledger is its only writer."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.base.ids import derived_id
from shared.contracts.erp import INBOX, ItemKind
from shared.contracts.event import Amount, Currency, Part


class InboxEvent(Part):
    """Base of what we say to ERPs."""

    TYPE: ClassVar[str]
    TOPIC: ClassVar[str] = INBOX


class ErpEventRefused(InboxEvent):
    """A record we could not take, and why. `event_id`, `object_id` and `version` are the ERP's own words."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", validate_by_name=True, serialize_by_alias=True
    )

    TYPE: ClassVar[str] = "ledger.erp-event.refused.v1"

    refused_event_id: Annotated[str, Field(alias="event_id")]
    source: str
    type: str
    object_id: str | None = None
    refused_version: Annotated[int | None, Field(alias="version")] = None
    code: str
    pointer: str
    message: str
    customer_id: UUID
    refusal_id: UUID

    @property
    def event_id(self) -> UUID:
        return derived_id(self.TYPE, self.refusal_id)

    @property
    def subject_id(self) -> UUID:
        return self.refusal_id

    @property
    def version(self) -> int:
        return 1


class DifferedKind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit-note"
    PAYMENT = "payment"
    CREDITS = "credits"
    """All payments and credit notes that the ERP has not allocated, together."""
    TOTAL = "total"
    """What all customers of the run have open."""


class DifferedItem(Part):
    """`id` is the ERP's own; absent for sums of several."""

    kind: DifferedKind
    id: str | None = None


class OpenItemsDiffered(InboxEvent):
    """A run states another open amount than the books have. Nothing was booked; told anew when a figure changes.

    `ours` leaves out what we matched by ourselves. Of a `total`, it is the sum of what the run's own records state.
    """

    TYPE: ClassVar[str] = "ledger.open-items.differed.v1"

    difference_id: UUID
    version: Annotated[int, Field(ge=1)]
    source: str
    run_id: str
    as_of: date
    customer_id: UUID
    customer_number: str | None = None
    legal_entity: str
    item: DifferedItem
    currency: Currency
    ours: Amount
    theirs: Amount

    @property
    def event_id(self) -> UUID:
        return derived_id(self.TYPE, self.difference_id, self.version)

    @property
    def subject_id(self) -> UUID:
        return self.difference_id


class RequestedItem(Part):
    """`id` is the ERP's own; `instalment` the number of the one of an invoice that is meant."""

    kind: ItemKind
    id: str
    instalment: int | None = None


class RequestedAllocation(Part):
    """`invoice_id` is the ERP's own; `amount` in the currency of the request."""

    invoice_id: str
    amount: Amount


class Requested(InboxEvent):
    """Base of what we ask an ERP to post. It answers with its normal event that carries `request_id` (a payment may
    carry the same `bank_reference` instead), or with `erp.request.refused.v1`; told once, whatever happens meanwhile.

    `source` says which ERP is asked. Until it answers, we count what we asked for as if it had been posted.
    """

    request_id: UUID
    source: str
    customer_id: UUID
    customer_number: str
    legal_entity: str
    item: RequestedItem | None = None
    currency: Currency
    amount: Amount
    value_date: date | None = None
    reason: str | None = None
    approved_by: str | None = None
    provider_reference: str | None = None
    allocations: tuple[RequestedAllocation, ...] | None = None

    @property
    def event_id(self) -> UUID:
        return derived_id(self.TYPE, self.request_id)

    @property
    def subject_id(self) -> UUID:
        return self.request_id

    @property
    def version(self) -> int:
        return 1


class PaymentPostingRequested(Requested):
    """Money that we know of: `provider_reference` is the bank's or provider's id of it, `value_date` when it counts."""

    TYPE: ClassVar[str] = "ledger.payment-posting.requested.v1"


class CreditNoteRequested(Requested):
    """A credit note, for the invoice in `item` where there is one."""

    TYPE: ClassVar[str] = "ledger.credit-note.requested.v1"


class WriteOffRequested(Requested):
    """An adjustment that takes `amount` off the invoice in `item`."""

    TYPE: ClassVar[str] = "ledger.write-off.requested.v1"


class RefundRequested(Requested):
    """Money to go back to the customer, out of the payment or credit note in `item`."""

    TYPE: ClassVar[str] = "ledger.refund.requested.v1"


class AllocationRequested(Requested):
    """Where the payment or credit note in `item` belongs. The ERP answers by setting its allocations, whichever."""

    TYPE: ClassVar[str] = "ledger.allocation.requested.v1"
