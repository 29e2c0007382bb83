"""Postings: one row is one debit and one credit, so that every entry balances by construction."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

BANK = 1000
RECEIVABLE = 1200
UNAPPLIED_CASH = 2100
OUTPUT_TAX = 2200
REVENUE = 4000
CREDIT_NOTES = 4020

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
