"""Payments and credit notes, as far as portal-api must know them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID


class Kind(StrEnum):
    """What a credit is."""

    PAYMENT = "payment"
    CREDIT_NOTE = "credit-note"


class CreditState(StrEnum):
    """What has become of it: payments are received, credit notes posted."""

    RECEIVED = "received"
    POSTED = "posted"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class Allocation(NamedTuple):
    """What one invoice falls by. `amount` is a decimal of the invoice's currency, deductions included; `spent_minor` is
    what it takes of the credit, in the credit's. Provisional: ours, until the ERP speaks.
    """

    invoice_id: UUID
    amount: str
    spent_minor: int
    provisional: bool


@dataclass(frozen=True, slots=True)
class Credit:
    """The newest we heard of a payment or credit note; `version` is the ledger's, amounts are in minor units.

    `dated_on` is the value date, or the day of issue. `returned_minor` is all that went back of it.
    `answered_by` is the ERP's payment that took the place of our own entry: the same money under another id.
    """

    credit_id: UUID
    kind: Kind
    customer_id: UUID
    version: int
    legal_entity: str
    number: str | None
    dated_on: date
    currency: str
    total_minor: int
    returned_minor: int
    returned_on: date | None
    unapplied_minor: int
    status: str
    method: str | None
    return_reason: str | None
    reference: str | None
    answered_by: UUID | None
    allocations: tuple[Allocation, ...]
