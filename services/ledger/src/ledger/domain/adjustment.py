"""Adjustments: what is taken off the open amount of an item without money moving to us, and put back."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from ledger.domain.application import deduction_postings
from ledger.domain.credit import Credit
from ledger.domain.invoice import Invoice
from ledger.domain.line import Line
from ledger.domain.posting import (
    BANK,
    PAYMENT_CLEARING,
    TAKEN_OFF,
    Booked,
    Posting,
    Where,
    post,
)
from ledger.domain.request import OURS, Kind


class AdjustmentBody(NamedTuple):
    """`minor` is taken off the item's open amount, in minor units; negative puts back. `on` is local to the entity."""

    legal_entity: str
    currency: str
    item_id: UUID
    minor: int
    reason: str
    on: date
    instalment: int | None = None
    request_id: str | None = None


@dataclass(slots=True, eq=False)
class Adjustment:
    """The present state; changed only by handlers. `granted_minor` is what the item had room for."""

    adjustment_id: UUID
    source: str
    source_id: str
    customer_id: UUID
    line: Line = field(default_factory=Line)
    body: AdjustmentBody | None = None
    granted_minor: int = 0
    waiting: bool = False
    booked: Booked = ()
    stored_row: tuple[object, ...] | None = None

    @property
    def provisional(self) -> bool:
        """Whether we entered it ourselves and the ERP has still to post it (ERP rule 8)."""
        return self.source == OURS and self.body is not None and self.body.request_id is not None

    @property
    def is_refund(self) -> bool:
        """Whether the money went back to the payer."""
        return self.body is not None and self.body.reason == Kind.REFUND

    @property
    def asked_minor(self) -> int:
        """What it takes off: nothing when cancelled or not posted yet."""
        return self.body.minor if self.body is not None and self.line.in_force else 0

    def reaches(self, item: Invoice | Credit) -> bool:
        """Whether the item counts and is what it says: of this customer, legal entity and currency."""
        if self.body is None or not item.active:
            return False
        return item.scope == (self.customer_id, self.body.legal_entity, self.body.currency)


def adjustment_postings(adjustment: Adjustment, item: Invoice | Credit) -> tuple[Posting, ...]:
    """What should stand for it, effective when both sides exist: its own day or the item's, the later of both."""
    body = adjustment.body
    if body is None or item.body is None or not adjustment.granted_minor:
        return ()
    return tuple(one for one in _postings(adjustment, body, item) if one.minor)


def _postings(
    adjustment: Adjustment, body: AdjustmentBody, item: Invoice | Credit
) -> Iterator[Posting]:
    assert item.body is not None
    minor = adjustment.granted_minor
    if isinstance(item, Invoice):
        on = max(body.on, item.body.issued_on)
        yield from deduction_postings(body.reason, minor, item, on, body.instalment)
        return
    there = Where(body.currency, max(body.on, item.body.on), body.legal_entity, item.customer_id)
    account = TAKEN_OFF[body.reason]
    if adjustment.provisional and account == BANK:
        account = PAYMENT_CLEARING
    yield post(body.reason, (item.control, item.credit_id), (account, None), minor, there)
