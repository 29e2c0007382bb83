"""Look: one customer looked at in one moment, and what has been found so far."""

from dataclasses import dataclass, field
from datetime import date

from scheduler.domain.chase import Chase, Rise
from scheduler.domain.decision import Decision, Escalation, Reminder
from scheduler.domain.hours import ContactHours, Window
from scheduler.domain.policy import Policy
from scheduler.domain.standing import Standing
from scheduler.domain.view import Outstanding, Rulebook, View
from shared.base.clock import Moment


@dataclass(slots=True)
class Look:
    """`outstanding` are reminders on their way that stay; `openings` are when to look again, and why.

    `today` is the customer's day.
    """

    view: View
    rulebook: Rulebook
    policy: Policy
    standing: Standing
    chase: Chase
    hours: ContactHours
    moment: Moment
    today: date
    open_now: Window | None
    outstanding: list[Outstanding]
    decisions: list[Decision] = field(default_factory=list)
    reminders: list[Reminder] = field(default_factory=list)
    escalations: list[Escalation] = field(default_factory=list)
    silences: dict[str, Decision] = field(default_factory=dict)
    openings: list[tuple[Moment, str]] = field(default_factory=list)

    @property
    def may_speak(self) -> bool:
        """Whether the moment we waited for has come, and lies within the customer's hours."""
        waited_for = self.view.standing.contact_at
        return self.open_now is not None and waited_for is not None and waited_for <= self.moment

    def wake(self, why: str, *, first: date | None = None) -> None:
        """Look again at the first opening to come, on or after a day of the customer."""
        opening = self.hours.next_opening(after=self.moment, first=first)
        if opening is not None:
            self.openings.append((opening, why))

    def wake_at(self, rises: list[Rise]) -> None:
        """Look again at the first opening at which one of these days has begun at its legal entity."""
        for zone in sorted({rise.zone for rise in rises}):
            first = min(
                (rise for rise in rises if rise.zone == zone), key=lambda rise: (rise.day, rise.why)
            )
            opening = self.hours.next_opening(after=self.moment, reaching=(first.day, zone))
            if opening is not None:
                self.openings.append((opening, first.why))
