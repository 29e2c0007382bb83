"""News of a dispute: which of its steps the customer hears of, and what is no news any more once it has moved on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from notifier.domain.invoice import Invoice


class News(StrEnum):
    """What a step means to the customer."""

    ACKNOWLEDGED = "acknowledged"
    EXAMINED = "examined"
    ASKED = "asked"
    """We wait for them."""
    WITH_CARRIER = "with-carrier"
    ANSWERED = "answered"
    UPHELD = "upheld"
    PARTLY_UPHELD = "partly-upheld"
    REJECTED = "rejected"
    SETTLED = "settled"
    UNSETTLED = "unsettled"
    """Our own trouble with the books: what we said holds, and is held."""
    REOPENED = "reopened"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    EXTENDED = "extended"
    """Another one was merged into it, and its customer was told of that."""


DECISIONS: Final = frozenset({News.UPHELD, News.PARTLY_UPHELD, News.REJECTED})
DUE_AGAIN: Final = frozenset({News.PARTLY_UPHELD, News.REJECTED, News.WITHDRAWN})
"""After these something is to be paid that was held back."""

ONLY_WITH_WORDS: Final = frozenset({News.CLOSED})
"""Nothing is left to do, and the outcome was told: a mail of its own only where somebody of ours wrote one."""

UNTOLD: Final = frozenset({News.EXAMINED, News.UNSETTLED, News.EXTENDED})
"""Changes nothing for the customer, and asks nothing of them."""

ANSWERS_AT_ONCE: Final = frozenset({News.ACKNOWLEDGED, News.REOPENED, News.WITHDRAWN})
"""Answers to the customer's own act wait for no hours."""

STILL_NEWS: Final[Mapping[News, frozenset[News]]] = {
    News.ACKNOWLEDGED: frozenset(),
    News.EXAMINED: frozenset({News.ACKNOWLEDGED, News.ANSWERED, News.REOPENED}),
    News.ASKED: frozenset({News.ANSWERED}),
    News.WITH_CARRIER: frozenset({News.ANSWERED}),
    News.ANSWERED: frozenset(News) - {News.ACKNOWLEDGED},
    News.UPHELD: frozenset(),
    News.PARTLY_UPHELD: frozenset(),
    News.REJECTED: frozenset(),
    News.SETTLED: DECISIONS | {News.ANSWERED},
    News.UNSETTLED: DECISIONS | {News.ANSWERED},
    News.REOPENED: frozenset({News.SETTLED}),
    News.CLOSED: DECISIONS | {News.SETTLED, News.ANSWERED},
    News.WITHDRAWN: frozenset(),
    News.MERGED: frozenset(),
    News.EXTENDED: frozenset(News) - {News.ACKNOWLEDGED},
}
"""Once a dispute has made that step: what of an earlier step that has not left yet is still worth telling."""


@dataclass(frozen=True, slots=True)
class Contested:
    """What a dispute says of one item, in minor units of its currency. `instalment` None: the invoice as it falls due.

    `held_minor` is not asked for now; `upheld_minor` is None until it is decided.
    """

    invoice_id: UUID
    invoice_number: str
    instalment: int | None
    minor: int
    held_minor: int
    upheld_minor: int | None = None

    def due_on(self, invoices: Mapping[UUID, Invoice]) -> date | None:
        """The day on which it fell or falls due, first of several; None where the books do not say."""
        invoice = invoices.get(self.invoice_id)
        if invoice is None:
            return None
        if self.instalment is not None:
            return invoice.instalment(self.instalment).due_on
        parts = [one for one in invoice.instalments if one.due_on is not None]
        days = [one.due_on for one in parts if one.open_minor] or [one.due_on for one in parts]
        return min((day for day in days if day is not None), default=None)

    def line(self, invoices: Mapping[UUID, Invoice]) -> "Line":
        """With what the books say of it."""
        invoice = invoices.get(self.invoice_id)
        named = None if invoice is None else invoice.payment_reference
        return Line(self, self.due_on(invoices), named or self.invoice_number)


@dataclass(frozen=True, slots=True)
class Line:
    """A contested item as the books have it when the message leaves."""

    item: Contested
    due_on: date | None
    reference: str
    """What a payment of it should name."""
