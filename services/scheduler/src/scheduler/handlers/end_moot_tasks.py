"""A dispute has moved on: what was to be done about it may be done."""

from typing import Final

from scheduler.domain.facts import Facts
from scheduler.domain.task import Task, TaskKind, TaskOutcome
from scheduler.handlers.tell_decisions import task_ended
from shared.base.clock import Moment
from shared.contracts.disputes import Actor, DisputeEvent, State

OVER: Final = frozenset({State.RESOLVED, State.CLOSED, State.WITHDRAWN, State.MERGED})


def end_moot_tasks(facts: Facts, told: DisputeEvent, *, moment: Moment) -> None:
    """All of an ended dispute; the one for a first answer once a person of ours has said a word."""
    for task in facts.standing_tasks(told.dispute_id):
        if _is_moot(task, told):
            end_as_moot(facts, task, note=f"dispute {told.state}", moment=moment)


def end_as_moot(facts: Facts, task: Task, *, note: str, moment: Moment) -> None:
    """It ends by itself, and says why."""
    over = task.end(TaskOutcome.MOOT, by="", note=note, moment=moment)
    facts.keep_task(over)
    facts.announce(task_ended(over))


def _is_moot(task: Task, told: DisputeEvent) -> bool:
    if told.state in OVER:
        return True
    answered = told.by is Actor.STAFF and bool(told.words)
    return task.kind is TaskKind.DISPUTE_ANSWER and answered
