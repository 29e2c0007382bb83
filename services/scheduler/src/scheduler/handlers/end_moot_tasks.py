"""A dispute has moved on: what was to be done about it may be done."""

from typing import Final

from scheduler.domain.facts import Facts
from scheduler.domain.task import TASK_RULES, MootBy, Task, TaskOutcome
from scheduler.handlers.tell_decisions import task_ended
from shared.base.clock import Moment
from shared.contracts.disputes import Actor, DisputeEvent, State

OVER: Final = frozenset({State.RESOLVED, State.CLOSED, State.WITHDRAWN, State.MERGED})


def end_moot_tasks(facts: Facts, told: DisputeEvent, *, moment: Moment) -> None:
    """Those of which the rule says so: once it is over, or once a person of ours has said a word."""
    happened = _happened(told)
    for task in facts.standing_tasks(told.dispute_id):
        if TASK_RULES[task.kind].moot_by & happened:
            end_as_moot(facts, task, note=f"dispute {told.state}", moment=moment)


def end_as_moot(facts: Facts, task: Task, *, note: str, moment: Moment) -> None:
    """It ends by itself, and says why."""
    over = task.end(TaskOutcome.MOOT, by="", note=note, moment=moment)
    facts.keep_task(over)
    facts.announce(task_ended(over))


def _happened(told: DisputeEvent) -> frozenset[MootBy]:
    facts = {
        MootBy.DISPUTE_OVER: told.state in OVER,
        MootBy.DISPUTE_ANSWERED: told.by is Actor.STAFF and bool(told.words),
    }
    return frozenset(one for one, is_so in facts.items() if is_so)
