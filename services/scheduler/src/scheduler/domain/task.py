"""Tasks: work for a person of ours, with a reason and a day by which, until somebody says what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from scheduler.domain.decision import Decision, Escalation
from scheduler.domain.decision import Kind as LineKind
from shared.base.clock import Moment
from shared.base.errors import Refusal
from shared.base.ids import derived_id

CLOCK_TASK_FROM_PER_CENT: Final = 80
"""Half of a clock's time is news for a mailbox, not work."""


WHY_CHARACTERS_MAX: Final = 500
"""A customer's words are cut there."""


class TaskKind(StrEnum):
    """What there is to do."""

    ESCALATION = "escalation"
    DISPUTE_ANSWER = "dispute-answer"
    DISPUTE_DECISION = "dispute-decision"
    DISPUTE_HARD_STOP = "dispute-hard-stop"
    HARDSHIP_REVIEW = "hardship-review"
    CALL_BACK = "call-back"
    BAD_FEEDBACK = "bad-feedback"
    PAYMENT_DECLINED = "payment-declined"
    PLAN_APPROVAL = "plan-approval"
    DISPUTE_APPROVAL = "dispute-approval"
    PLAN_REFUSED = "plan-refused"
    CHARGEBACK = "chargeback"
    DISPUTE_CREDIT = "dispute-credit"


class MootBy(StrEnum):
    """What makes a task moot, without anybody having done it."""

    DISPUTE_ANSWERED = "dispute-answered"
    """A person of ours has said a word to the customer."""
    DISPUTE_OVER = "dispute-over"
    NOTHING_PROPOSED = "nothing-proposed"
    """No outcome waits for a second person any more."""
    CREDIT_FOUND = "credit-found"
    """What was put back is taken off after all, or looked into again."""


@dataclass(frozen=True, slots=True)
class TaskRule:
    """`owner_role` and `due_within` are None where whatever raises the task says them."""

    owner_role: str | None = None
    due_within: timedelta | None = None
    moot_by: frozenset[MootBy] = frozenset()


_OVER: Final = frozenset({MootBy.DISPUTE_OVER})
_MANAGER: Final = "collections-manager"
_COLLECTOR: Final = "collector"

TASK_RULES: Final[Mapping[TaskKind, TaskRule]] = {
    TaskKind.ESCALATION: TaskRule(due_within=timedelta(days=2)),
    TaskKind.DISPUTE_ANSWER: TaskRule(moot_by=_OVER | {MootBy.DISPUTE_ANSWERED}),
    TaskKind.DISPUTE_DECISION: TaskRule(moot_by=_OVER),
    TaskKind.DISPUTE_HARD_STOP: TaskRule(moot_by=_OVER),
    TaskKind.HARDSHIP_REVIEW: TaskRule(_MANAGER, timedelta(days=5)),
    TaskKind.CALL_BACK: TaskRule(_MANAGER, timedelta(days=1)),
    TaskKind.BAD_FEEDBACK: TaskRule(_MANAGER, timedelta(days=3)),
    TaskKind.PAYMENT_DECLINED: TaskRule(_COLLECTOR, timedelta(days=2)),
    TaskKind.PLAN_APPROVAL: TaskRule(_MANAGER),
    TaskKind.DISPUTE_APPROVAL: TaskRule(
        _MANAGER, timedelta(days=2), frozenset({MootBy.NOTHING_PROPOSED})
    ),
    TaskKind.PLAN_REFUSED: TaskRule(_COLLECTOR, timedelta(days=2)),
    TaskKind.CHARGEBACK: TaskRule(_MANAGER, timedelta(days=2)),
    TaskKind.DISPUTE_CREDIT: TaskRule(
        _MANAGER, timedelta(days=2), frozenset({MootBy.CREDIT_FOUND})
    ),
}
"""One row for each kind. Days are our estimate of a prompt answer, no rule of law. A person may end any."""

KIND_OF_CLOCK: Final[Mapping[str, TaskKind]] = {
    "first-answer": TaskKind.DISPUTE_ANSWER,
    "resolution": TaskKind.DISPUTE_DECISION,
    "hard-stop": TaskKind.DISPUTE_HARD_STOP,
}


class TaskOutcome(StrEnum):
    """What came of it."""

    DONE = "done"
    NOT_NEEDED = "not-needed"
    """A person says so."""
    MOOT = "moot"
    """What it was about has ended, or a more urgent task took its place."""


class TaskOver(Refusal):
    """The task has an outcome already."""

    code, status = "task-over", 409


@dataclass(frozen=True, slots=True)
class Task:
    """`about` is the escalation, dispute, request, plan or invoice that it comes from; `owner` a person, or "" where
    the role alone is known.

    `ended_by` is the subject of a staff member; "" for the machine.
    """

    task_id: UUID
    customer_id: UUID
    kind: TaskKind
    about: UUID
    legal_entity: str
    owner_role: str
    owner: str
    why: str
    raised_at: Moment
    due_at: Moment
    outcome: TaskOutcome | None = None
    note: str = ""
    ended_by: str = ""
    ended_at: Moment | None = None

    def end(self, outcome: TaskOutcome, *, by: str, note: str, moment: Moment) -> "Task":
        """With what came of it; raises TaskOver when somebody said so before."""
        if self.outcome is not None:
            raise TaskOver(f"it is {self.outcome} since {self.ended_at}")
        return replace(self, outcome=outcome, note=note, ended_by=by, ended_at=moment)

    def line(self) -> Decision:
        """The line of the timeline that its present state is."""
        facts = {
            "task_id": str(self.task_id),
            "kind": self.kind.value,
            "about": str(self.about),
            "legal_entity": self.legal_entity,
            "owner_role": self.owner_role,
            "owner": self.owner,
            "due_at": self.due_at.isoformat(),
        }
        if self.outcome is None:
            return Decision(LineKind.TASK, None, self.why, "task.raised", facts)
        facts |= {"outcome": self.outcome.value, "ended_by": self.ended_by}
        return Decision(LineKind.TASK, None, self.note or self.outcome, "task.ended", facts)


@dataclass(frozen=True, slots=True)
class Cause:
    """What there is to do about something of a customer's, and why. `owner_role` and `due_at` where the rule leaves
    them open; `turn` tells apart tasks of one kind about the same.
    """

    customer_id: UUID
    about: UUID
    legal_entity: str
    why: str
    turn: tuple[object, ...] = ()
    owner: str = ""
    owner_role: str = ""
    due_at: Moment | None = None


def task_of(kind: TaskKind, cause: Cause, *, moment: Moment) -> Task:
    """By the rule of its kind. The same cause is the same task."""
    rule = TASK_RULES[kind]
    due_at = cause.due_at if rule.due_within is None else moment + rule.due_within
    assert due_at is not None, f"nobody says by when a {kind} is to be done"
    return Task(
        task_id=derived_id("task", kind, cause.about, *cause.turn),
        customer_id=cause.customer_id,
        kind=kind,
        about=cause.about,
        legal_entity=cause.legal_entity,
        owner_role=rule.owner_role or cause.owner_role,
        owner=cause.owner,
        why=_cut(cause.why),
        raised_at=moment,
        due_at=due_at,
    )


def task_of_escalation(escalation: Escalation, *, moment: Moment) -> Task:
    """Whoever is told is to see to it."""
    cause = Cause(
        customer_id=escalation.customer_id,
        about=escalation.escalation_id,
        legal_entity=escalation.legal_entity,
        why=f"{len(escalation.items)} overdue, told to the {escalation.level}",
        owner=escalation.to.name,
        owner_role=escalation.level.value,
    )
    return task_of(TaskKind.ESCALATION, cause, moment=moment)


def _cut(text: str) -> str:
    return text if len(text) <= WHY_CHARACTERS_MAX else text[: WHY_CHARACTERS_MAX - 1] + "…"
