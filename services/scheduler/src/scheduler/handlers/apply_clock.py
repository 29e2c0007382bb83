"""A clock of a dispute runs out: somebody of ours has something to do."""

from scheduler.domain.facts import Facts
from scheduler.domain.task import CLOCK_TASK_FROM_PER_CENT, KIND_OF_CLOCK, Cause
from scheduler.handlers.raise_task import raise_in_place
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

    raise_in_place(facts, kind, cause, note="more urgent now", moment=moment)
