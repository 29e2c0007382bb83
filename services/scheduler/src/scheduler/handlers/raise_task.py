"""Something is to be done by a person of ours: raised once for each cause."""

from scheduler.domain.facts import Facts
from scheduler.domain.task import Cause, TaskKind, task_of
from scheduler.handlers.end_moot_tasks import end_as_moot
from scheduler.handlers.tell_decisions import task_raised
from shared.base.clock import Moment


def raise_task(facts: Facts, kind: TaskKind, cause: Cause, *, moment: Moment) -> None:
    """By the rule of its kind; one that is known already, done or not, stays as it is."""
    task = task_of(kind, cause, moment=moment)
    if task.task_id in facts.known_tasks:
        return
    facts.keep_task(task)
    facts.announce(task_raised(task))


def raise_in_place(
    facts: Facts, kind: TaskKind, cause: Cause, *, note: str, moment: Moment
) -> None:
    """The same, and those of its kind that stand about the same end as moot: `note` says why."""
    task = task_of(kind, cause, moment=moment)
    if task.task_id in facts.known_tasks:
        return

    for earlier in facts.standing_tasks(cause.about):
        if earlier.kind is kind:
            end_as_moot(facts, earlier, note=note, moment=moment)

    raise_task(facts, kind, cause, moment=moment)
