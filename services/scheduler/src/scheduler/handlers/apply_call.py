"""A customer asks to be called: work for a person of ours."""

from scheduler.domain.facts import Facts
from scheduler.domain.task import Cause, TaskKind
from scheduler.handlers.raise_task import raise_task
from shared.base.clock import Moment
from shared.contracts.portal_api import CallRequested


def apply_call(facts: Facts, asked: CallRequested, *, moment: Moment) -> None:
    """Somebody calls back; the number stands at the portal, under the request."""
    when = f", {asked.when}" if asked.when else ""
    why = f"contact {asked.contact_id} asks for a call{when}: {asked.words}"
    cause = Cause(asked.customer_id, asked.request_id, asked.legal_entity, why)
    raise_task(facts, TaskKind.CALL_BACK, cause, moment=moment)
