"""A clock of a dispute runs out: somebody of ours has something to do."""

from scheduler.domain.facts import Facts
from scheduler.domain.task import CLOCK_TASK_FROM_PER_CENT, KIND_OF_CLOCK, Cause, task_of
from scheduler.handlers.end_moot_tasks import end_as_moot
from scheduler.handlers.tell_decisions import task_raised
from shared.base.clock import Moment
from shared.contracts.disputes import ClockWarned


def apply_clock(facts: Facts, warned: ClockWarned, *, moment: Moment) -> None:
    """One task for each level, which takes the place of the one before."""
    if warned.per_cent < CLOCK_TASK_FROM_PER_CENT:
        return
    kind = KIND_OF_CLOCK[warned.clock.value]
    cause = Cause(
        customer_id=warned.customer_id,
        about=warned.dispute_id,
        legal_entity=warned.legal_entity,
        why=f"{warned.per_cent} per cent of the time for it are over",
        turn=(warned.version,),
        owner=warned.owner or "",
        owner_role=warned.team,
        due_at=warned.due_at,
    )
    task = task_of(kind, cause, moment=moment)
    if task.task_id in facts.known_tasks:
        return

    for earlier in facts.standing_tasks(warned.dispute_id):
        if earlier.kind is kind:
            end_as_moot(facts, earlier, note="more urgent now", moment=moment)

    facts.keep_task(task)
    facts.announce(task_raised(task))
