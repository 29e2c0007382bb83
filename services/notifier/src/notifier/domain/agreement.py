"""News of what a customer and we agreed on, a promise to pay or a payment plan: which steps the customer hears of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from notifier.domain.contact import Channel
from notifier.domain.news import Contested
from shared.base.clock import Moment


class AgreementNews(StrEnum):
    """What a step means to the customer; also the name of its form."""

    PROMISE_MADE = "promise-made"
    PROMISE_KEPT = "promise-kept"
    PROMISE_PARTLY_KEPT = "promise-partly-kept"
    PROMISE_BROKEN = "promise-broken"
    PROMISE_WITHDRAWN = "promise-withdrawn"
    PLAN_PROPOSED = "plan-proposed"
    PLAN_ACCEPTED = "plan-accepted"
    PLAN_ACTIVE = "plan-active"
    PLAN_DECLINED = "plan-declined"
    PLAN_REFUSED = "plan-refused"
    PLAN_LAPSED = "plan-lapsed"
    PLAN_DUE = "plan-due"
    PLAN_LATE = "plan-late"
    PLAN_EXTENDED = "plan-extended"
    PLAN_COMPLETED = "plan-completed"
    PLAN_BROKEN = "plan-broken"


_N = AgreementNews
ANSWERED_AT_ONCE: Final = frozenset(
    {_N.PROMISE_MADE, _N.PROMISE_WITHDRAWN, _N.PLAN_PROPOSED, _N.PLAN_ACCEPTED, _N.PLAN_ACTIVE}
    | {_N.PLAN_REFUSED, _N.PLAN_EXTENDED}
)
"""Answers to the customer's own act wait for no hours."""
ASKS: Final = frozenset({_N.PLAN_DUE, _N.PLAN_LATE})
"""These remind of a part: silent where nothing is asked for, and gone once the part is paid."""
PAYS: Final = ASKS | {
    *(_N.PROMISE_MADE, _N.PROMISE_PARTLY_KEPT, _N.PROMISE_BROKEN, _N.PROMISE_WITHDRAWN),
    *(_N.PLAN_ACTIVE, _N.PLAN_DECLINED, _N.PLAN_REFUSED, _N.PLAN_LAPSED, _N.PLAN_EXTENDED),
    _N.PLAN_BROKEN,
}
"""After these something is to be paid."""
ENDED_UNPAID: Final = frozenset({_N.PROMISE_PARTLY_KEPT, _N.PROMISE_BROKEN, _N.PLAN_BROKEN})
"""These ask for what did not come, and nobody has asked us: they are not sent where nothing is asked for any more."""
DUE_AGAIN: Final = ENDED_UNPAID | {
    *(_N.PROMISE_WITHDRAWN, _N.PLAN_DECLINED, _N.PLAN_REFUSED, _N.PLAN_LAPSED),
}
"""Nothing is held by it any more: what is left is no more than what is asked for when the message leaves."""

FIGURES: Final[Mapping[AgreementNews, tuple[str, ...]]] = {
    _N.PROMISE_MADE: ("amount", "rest"),
    _N.PROMISE_KEPT: ("paid",),
    _N.PROMISE_PARTLY_KEPT: ("paid", "left"),
    _N.PROMISE_BROKEN: ("left",),
    _N.PROMISE_WITHDRAWN: ("left",),
    _N.PLAN_PROPOSED: ("amount",),
    _N.PLAN_ACCEPTED: ("amount",),
    _N.PLAN_ACTIVE: ("amount", "rest"),
    _N.PLAN_DECLINED: ("left",),
    _N.PLAN_REFUSED: ("left",),
    _N.PLAN_LAPSED: ("left",),
    _N.PLAN_DUE: ("part",),
    _N.PLAN_LATE: ("part",),
    _N.PLAN_EXTENDED: ("left",),
    _N.PLAN_COMPLETED: ("paid",),
    _N.PLAN_BROKEN: ("paid", "left"),
}
"""Which sums a message shows, in their order; one that is nothing, or not certain, is left out."""
STANDS: Final = ASKS | {*(_N.PLAN_ACCEPTED, _N.PLAN_ACTIVE, _N.PLAN_EXTENDED, _N.PLAN_COMPLETED)}
"""Of these the days of the plan count, and those of the invoices are no business of the customer's."""
SHOWS_PARTS: Final = frozenset({_N.PLAN_ACCEPTED, _N.PLAN_ACTIVE, _N.PLAN_EXTENDED})


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """An instalment of a plan, in minor units. `until` is the last day in time; `off_minor` need not be paid of it."""

    number: int
    due_on: date
    until: date
    minor: int
    paid_minor: int
    off_minor: int = 0

    @property
    def left_minor(self) -> int:
        return self.minor - self.paid_minor - self.off_minor


@dataclass(frozen=True, slots=True)
class AgreementBrief:
    """A step of a promise or plan. `version` is its own; `number` the instalment that is spoken of, `words` the text to
    be accepted or our reason; `due_on` is the day promised, `until` the last one in time; `answer_by`: for a word.
    `off_minor` need not be paid of it any more, or not while it is disputed.
    """

    version: int
    news: AgreementNews
    currency: str
    items: tuple[Contested, ...]
    paid_minor: int
    due_on: date | None = None
    until: date | None = None
    parts: tuple[PlannedPart, ...] = ()
    number: int | None = None
    words: str = ""
    answer_by: Moment | None = None
    needs_approval: bool = False
    by_customer: bool = True
    """Whose word is missing."""
    off_minor: int = 0
    is_extended: bool = False
    """So that it cannot be extended any more."""

    @property
    def channels(self) -> tuple[Channel, ...]:
        """What was agreed is to be read, kept and answered."""
        return (Channel.EMAIL,)

    @property
    def at_once(self) -> bool:
        return self.news in ANSWERED_AT_ONCE

    @property
    def asks(self) -> bool:
        return self.news in ASKS

    @property
    def minor(self) -> int:
        """All that was promised or planned."""
        return sum(item.minor for item in self.items)

    @property
    def left_minor(self) -> int:
        """What is to be paid of it still."""
        return self.minor - self.paid_minor - self.off_minor

    @property
    def part(self) -> PlannedPart | None:
        """The instalment that is spoken of, where it is asked for while something of it is left; or the next of which
        something is.
        """
        wanted = (one for one in self.parts if one.number == self.number or self.number is None)
        is_told = self.number is not None and not self.asks
        return next((one for one in wanted if one.left_minor or is_told), None)
