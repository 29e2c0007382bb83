"""A mandate ends: told, autopay turned off, what was announced looked at again, and the provider told to let go."""

from typing import Final
from uuid import UUID

from portal_api.domain.autopay import Autopay
from portal_api.domain.mandate import Mandate, State
from portal_api.gateways import charges, mandates
from portal_api.handlers.tell_mandate import tell_mandate
from shared.base.telling import Telling
from shared.contracts import portal_api as told
from shared.db import timers
from shared.db.work import Work
from shared.messaging.tell import tell

OURS: Final = "autopay"
"""Who turned autopay off where it was no contact."""


async def end_mandate(work: Work, mandate: Mandate, to: State, why: str) -> bool:
    """False when it had ended before. The customer is locked; autopay outlives a mandate that another replaces."""
    had_means = mandate.means is not None
    if not mandate.end(to, why, moment=work.moment):
        return False
    await mandates.move(work.connection, mandate)
    release_at = work.moment if had_means else None
    await timers.set_many(work.connection, mandates.TIMER, {str(mandate.mandate_id): release_at})

    telling = Telling()
    if had_means and to is State.WITHDRAWN:
        tell_mandate(telling, mandate, told.MandateWithdrawn, moment=work.moment)
    if to is State.REVOKED:
        tell_mandate(telling, mandate, told.MandateRevoked, moment=work.moment, reason=why)
    tell(work, telling.told)
    if had_means and to is not State.REPLACED:
        await turn_off(work, mandate.customer_id, by=OURS)
    return True


async def turn_off(work: Work, customer_id: UUID, *, by: str) -> Autopay | None:
    """Autopay; what was announced is looked at again at once. None where it was never on."""
    said = await mandates.autopay_of(work.connection, customer_id)
    if said is not None and said.is_on:
        said.version, said.changed_by = said.version + 1, by
        said.changed_at = said.off_at = work.moment
        await mandates.say(work.connection, said)
    await timers.set_many(work.connection, charges.LOOKS, {str(customer_id): None})
    await charges.wake(work.connection, customer_id, at=work.moment)
    return said
