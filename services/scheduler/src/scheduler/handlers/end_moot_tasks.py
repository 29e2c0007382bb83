"""A dispute has moved on: what was to be done about it may be done."""

from typing import Final

from scheduler.domain.facts import Facts
from scheduler.domain.task import TASK_RULES, MootBy, Task, TaskKind, TaskOutcome
from scheduler.handlers.tell_decisions import task_ended
from shared.base.clock import Moment
from shared.contracts.disputes import (
    Actor,
    DisputeEvent,
    DisputeReopened,
    DisputeResolved,
    DisputeSettled,
    OutcomeDeclined,
    State,
)

OVER: Final = frozenset({State.RESOLVED, State.CLOSED, State.WITHDRAWN, State.MERGED})


def end_moot_tasks(facts: Facts, told: DisputeEvent, *, moment: Moment) -> None:
    """Those of which the rule says so: once it is over, once a person of ours has said a word, once nothing waits for
    a second person. What that person has said was their task.
    """
    happened, second = _happened(told), _second_person(told)
    for task in facts.standing_tasks(told.dispute_id):
        if task.kind is TaskKind.DISPUTE_APPROVAL and second is not None:
            by, note = second
            _end(facts, task.end(TaskOutcome.DONE, by=by, note=note, moment=moment))
        elif TASK_RULES[task.kind].moot_by & happened:
            end_as_moot(facts, task, note=f"dispute {told.state}", moment=moment)


def end_as_moot(facts: Facts, task: Task, *, note: str, moment: Moment) -> None:
    """It ends by itself, and says why."""
    _end(facts, task.end(TaskOutcome.MOOT, by="", note=note, moment=moment))


def _end(facts: Facts, over: Task) -> None:
    facts.keep_task(over)
    facts.announce(task_ended(over))


def _happened(told: DisputeEvent) -> frozenset[MootBy]:
    facts = {
        MootBy.DISPUTE_OVER: told.state in OVER,
        MootBy.DISPUTE_ANSWERED: told.by is Actor.STAFF and bool(told.words),
        MootBy.NOTHING_PROPOSED: told.proposal is None,
        MootBy.CREDIT_FOUND: isinstance(told, DisputeSettled | DisputeReopened),
    }
    return frozenset(one for one, is_so in facts.items() if is_so)


def _second_person(told: DisputeEvent) -> tuple[str, str] | None:
    """Who answered what was proposed, and how."""
    match told:
        case DisputeResolved(approved_by=str(by)):
            return by, "approved"
        case OutcomeDeclined():
            return told.declined_by, f"declined: {told.why}"
        case _:
            return None
