"""Postings: one row is one debit and one credit, so that every entry balances by construction."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

BANK = 1000
PAYMENT_CLEARING = 1010
"""Money that we know of and that is not on our account yet, as far as the ERP says."""
FX_CLEARING = 1020
CLEARING = 1030
"""Between customers and legal entities, and netting."""
RECEIVABLE = 1200
TAX_WITHHELD = 1240
ALLOWANCE = 1290
UNAPPLIED_CASH = 2100
OUTPUT_TAX = 2200
REVENUE = 4000
DISCOUNTS = 4010
CREDIT_NOTES = 4020
BANK_FEES = 6100
SMALL_DIFFERENCES = 6110
REALISED_FX = 7000
OPENING = 9000
"""Against what stood open when the books began; what came before is the ERP's history."""

DISCOUNT = "discount"
"""Kind of a deduction, and reason of an adjustment."""

TAKEN_OFF = {
    "write-off": ALLOWANCE,
    "small-difference": SMALL_DIFFERENCES,
    DISCOUNT: DISCOUNTS,
    "tax-withheld": TAX_WITHHELD,
    "bank-fee": BANK_FEES,
    "fx": REALISED_FX,
    "netting": CLEARING,
    "refund": BANK,
    "other": SMALL_DIFFERENCES,
}
"""Against which account something is taken off an item: by reason of an adjustment, by kind of a deduction."""

CONTROL = (RECEIVABLE, UNAPPLIED_CASH)
"""Accounts with a subledger: each of their postings names the invoice, credit note or payment it moves."""


class Posting(NamedTuple):
    """What should stand in the books. `minor` > 0 in minor units; an item is named where a control account moves."""

    kind: str
    debit: int
    debit_item: UUID | None
    credit: int
    credit_item: UUID | None
    minor: int
    currency: str
    effective_on: date
    legal_entity: str
    customer_id: UUID
    instalment: int | None = None
    """Number of the invoice's part for which the ERP named it."""


class Where(NamedTuple):
    """Where and when something is posted."""

    currency: str
    effective_on: date
    legal_entity: str
    customer_id: UUID
    instalment: int | None = None


Account = tuple[int, UUID | None]
"""An account, with its item where it is a control account."""


def post(kind: str, debit: Account, credit: Account, minor: int, where: Where) -> Posting:
    """One debit and one credit; below zero it goes the other way round."""
    if minor < 0:
        debit, credit, minor = credit, debit, -minor
    return Posting(
        kind,
        *debit,
        *credit,
        minor,
        where.currency,
        where.effective_on,
        where.legal_entity,
        where.customer_id,
        where.instalment,
    )


Booked = tuple[tuple[int, Posting], ...]
"""Postings that stand in the books, each with its entry's id."""


class Entry(NamedTuple):
    """A posting that stands in the books for ever; `reverses` names the entry that this one undoes."""

    entry_id: int
    posting: Posting
    reverses: int | None = None


def reversal(posting: Posting) -> Posting:
    """The same posting the other way round, effective on the same day: what was known before stays in `recorded_at`."""
    return posting._replace(
        debit=posting.credit,
        debit_item=posting.credit_item,
        credit=posting.debit,
        credit_item=posting.debit_item,
    )
