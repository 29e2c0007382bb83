"""A clock of a dispute runs out: somebody of ours has something to do."""

from scheduler.domain.facts import Facts
from scheduler.domain.task import (
    CLOCK_TASK_FROM_PER_CENT,
    KIND_OF_CLOCK,
    Task,
    task_id_of,
)
from scheduler.handlers.end_moot_tasks import end_as_moot
from scheduler.handlers.tell_decisions import task_raised
from shared.base.clock import Moment
from shared.contracts.disputes import ClockWarned


def apply_clock(facts: Facts, warned: ClockWarned, *, moment: Moment) -> None:
    """One task for each level, which takes the place of the one before."""
    if warned.per_cent < CLOCK_TASK_FROM_PER_CENT:
        return
    kind = KIND_OF_CLOCK[warned.clock.value]
    task = Task(
        task_id=task_id_of(kind, warned.dispute_id, warned.version),
        customer_id=warned.customer_id,
        kind=kind,
        about=warned.dispute_id,
        legal_entity=warned.legal_entity,
        owner_role=warned.team,
        owner=warned.owner or "",
        why=f"{warned.per_cent} per cent of the time for it are over",
        raised_at=moment,
        due_at=warned.due_at,
    )
    if task.task_id in facts.known_tasks:
        return

    for earlier in facts.standing_tasks(warned.dispute_id):
        if earlier.kind is kind:
            end_as_moot(facts, earlier, note="more urgent now", moment=moment)

    facts.keep_task(task)
    facts.announce(task_raised(task))
