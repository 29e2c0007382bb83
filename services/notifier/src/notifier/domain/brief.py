"""What a message was asked to say, as it was planned: nothing of it is believed at the last look but its limits."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from notifier.domain.agreement import AgreementBrief
from notifier.domain.contact import Channel, Route
from notifier.domain.customer import Customer
from notifier.domain.news import ANSWERS_AT_ONCE, Contested, News
from notifier.domain.payment import PaymentBrief
from notifier.domain.reply import ReplyBrief
from notifier.domain.sign_in import SignInBrief
from shared.base.clock import Moment


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a policy's ladder; below 1 it comes before the due date."""

    number: int
    name: str
    tone: str


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """An instalment that the plan lists, with its own step."""

    invoice_id: UUID
    step: Step
    number: int = 1


@dataclass(frozen=True, slots=True)
class ListedItem:
    """What a message says of one instalment: the amount asked for, in minor units, as it is when the message leaves.

    `instalment` is its number, None for the only one of its invoice.
    """

    invoice_id: UUID
    invoice_number: str
    step: int
    currency: str
    open_minor: int
    due_on: date
    instalment: int | None = None


@dataclass(frozen=True, slots=True)
class ReminderBrief:
    """A reminder as the scheduler planned it. `gap_days` and the hours are limits that are checked again."""

    version: int
    policy: str
    policy_version: int
    segment: str
    step: Step
    firmest_step_max: int
    channels: tuple[Channel, ...]
    contact_day: date
    not_before: Moment
    not_after: Moment
    time_zone: str
    gap_days: int
    items: tuple[PlannedItem, ...]

    def step_of(self, left: tuple[PlannedItem, ...]) -> Step:
        """The firmest step among the items left, capped."""
        firmest = max((item.step for item in left), key=lambda step: step.number)
        return firmest if firmest.number <= self.firmest_step_max else self.step


@dataclass(frozen=True, slots=True)
class EscalationBrief:
    """A word to a person of ours."""

    level: str
    to_name: str
    to_email: str
    why: str
    items: tuple[PlannedItem, ...]

    def route(self, customer: Customer) -> Route:
        """Who of us is told: the account owner of now, if another was when it was planned."""
        owner = customer.account_owner
        if self.level == "account-owner" and owner is not None:
            return Route(Channel.EMAIL, owner.email, owner.name)
        return Route(Channel.EMAIL, self.to_email, self.to_name)


@dataclass(frozen=True, slots=True)
class AnswerBrief:
    """An answer to the customer's own act: waits for neither budget nor hours, but must not come late."""

    kind: str
    address: str
    not_after: Moment


@dataclass(frozen=True, slots=True)
class DisputeBrief:
    """A step of a dispute. `version` is the dispute's, `words` are those of our people to the customer; the moments
    are when we owe an answer and a decision, None once they are given.
    """

    version: int
    news: News
    is_open: bool
    reason: str
    currency: str
    items: tuple[Contested, ...]
    words: str = ""
    answer_due_at: Moment | None = None
    decision_due_at: Moment | None = None
    reopen_until: date | None = None
    """Until that day, at the legal entity, new papers open it again."""

    @property
    def channels(self) -> tuple[Channel, ...]:
        """What was decided is to be read, kept and answered."""
        return (Channel.EMAIL,)

    @property
    def at_once(self) -> bool:
        """Answers to the customer's own act wait for no hours."""
        return self.news in ANSWERS_AT_ONCE

    @property
    def asks(self) -> bool:
        """Nothing is asked for by an answer."""
        return False


ESCALATES_FROM = 80
"""Per cent of the time at which the team's lead hears of it, and the team no more."""


@dataclass(frozen=True, slots=True)
class WarningBrief:
    """A clock of a dispute came to `per_cent`: a word to people of ours. `version` is the dispute's.

    `owner` is who looks after it, "" while nobody does; `owner_email` is set in the owner's own copy.
    """

    version: int
    clock: str
    per_cent: int
    due_at: Moment
    reason: str
    team: str
    owner: str
    currency: str
    items: tuple[Contested, ...]
    owner_email: str = ""

    @property
    def escalates(self) -> bool:
        return self.per_cent >= ESCALATES_FROM


NewsBrief = AgreementBrief | DisputeBrief
Brief = (
    ReminderBrief
    | EscalationBrief
    | AnswerBrief
    | NewsBrief
    | WarningBrief
    | SignInBrief
    | ReplyBrief
    | PaymentBrief
)
