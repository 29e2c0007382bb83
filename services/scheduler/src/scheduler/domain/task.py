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

ESCALATION_DUE: Final = timedelta(days=2)
"""So long whoever is told of an escalation has for it; our estimate of a prompt answer, no rule of law."""

CLOCK_TASK_FROM_PER_CENT: Final = 80
"""Half of a clock's time is news for a mailbox, not work."""


class TaskKind(StrEnum):
    """What there is to do."""

    ESCALATION = "escalation"
    DISPUTE_ANSWER = "dispute-answer"
    DISPUTE_DECISION = "dispute-decision"
    DISPUTE_HARD_STOP = "dispute-hard-stop"


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
    """`about` is the escalation or dispute that it comes from; `owner` a person or "", where the role alone is known.

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


def task_id_of(kind: TaskKind, *cause: object) -> UUID:
    """The same cause is the same task."""
    return derived_id("task", kind, *cause)


def task_of_escalation(escalation: Escalation, *, moment: Moment) -> Task:
    """Whoever is told is to see to it."""
    return Task(
        task_id=task_id_of(TaskKind.ESCALATION, escalation.escalation_id),
        customer_id=escalation.customer_id,
        kind=TaskKind.ESCALATION,
        about=escalation.escalation_id,
        legal_entity=escalation.legal_entity,
        owner_role=escalation.level.value,
        owner=escalation.to.name,
        why=f"{len(escalation.items)} overdue, told to the {escalation.level}",
        raised_at=moment,
        due_at=moment + ESCALATION_DUE,
    )
