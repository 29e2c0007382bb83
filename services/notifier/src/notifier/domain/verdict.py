"""What a last look decides: say this now, wait, or be silent."""

from dataclasses import dataclass
from datetime import date

from notifier.domain.brief import Step
from notifier.domain.contact import Route
from notifier.domain.message import Purpose
from notifier.domain.news import Line
from notifier.domain.silence import Asked, Silence
from shared.base.clock import Moment


@dataclass(frozen=True, slots=True)
class Speak:
    """Say this, to this person, now. `asked` is empty but for reminders and escalations.

    `lines` are of a dispute, and `rest_minor` is what is asked for of their invoices besides; None where unknown.
    """

    route: Route
    purpose: Purpose
    contact_day: date
    asked: tuple[Asked, ...] = ()
    step: Step | None = None
    lines: tuple[Line, ...] = ()
    rest_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """Not now; look again at `until`. None: only a change of the sending mode brings it back."""

    until: Moment | None
    reason: str
    rule: str


Verdict = Speak | Wait | Silence
