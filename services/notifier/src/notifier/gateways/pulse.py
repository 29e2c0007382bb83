"""What the notifier still has to do, for whoever moves the clock."""

import asyncpg

from notifier.domain.sending import Mode, Sending
from notifier.gateways import switch
from shared.base.clock import Moment
from shared.web.pulse import Pulse

_COUNTS = """
SELECT
    (SELECT count(*) FROM messages WHERE status = 'handing-over') AS handing_over,
    (SELECT count(*) FROM messages WHERE status = 'waiting' AND withheld_at IS NULL AND due_at <= $1) AS due,
    (SELECT min(due_at) FROM messages WHERE status = 'waiting' AND withheld_at IS NULL AND due_at > $1) AS next_due_at
"""


async def pulse(connection: asyncpg.Connection, now: Moment, *, otherwise: Sending) -> Pulse:
    """Messages that could leave; while sending is off none can, and they are no reason to wait."""
    mode = await switch.mode(connection, otherwise=otherwise)
    counts = await connection.fetchrow(_COUNTS, now)
    assert counts is not None

    busy = (
        [f"messages: {counts['handing_over']} being handed over"] if counts["handing_over"] else []
    )
    if mode is Mode.OFF:
        return Pulse(tuple(busy), None)
    if counts["due"]:
        busy.append(f"messages: {counts['due']} due")
    return Pulse(tuple(busy), counts["next_due_at"])
