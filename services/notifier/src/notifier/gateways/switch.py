"""The sending mode: one row, read in every claim."""

from collections.abc import Mapping

import asyncpg

from notifier.domain.sending import Mode, Sending
from shared.base.clock import Moment

_READ = "SELECT mode, allow_list, restored_at FROM sending FOR SHARE"
_SHOW = "SELECT mode, allow_list, changed_at, changed_by, restored_at FROM sending"
_CHANGE = """
INSERT INTO sending (mode, allow_list, changed_at, changed_by) VALUES ($1, $2, $3, $4)
ON CONFLICT (one) DO UPDATE SET
    mode = excluded.mode, allow_list = excluded.allow_list,
    changed_at = excluded.changed_at, changed_by = excluded.changed_by
"""
_RESTORED = """
INSERT INTO sending (mode, allow_list, changed_at, changed_by, restored_at) VALUES ('off', '{}', $1, 'restored', $1)
ON CONFLICT (one) DO UPDATE SET
    mode = 'off', allow_list = '{}', changed_at = $1, changed_by = 'restored', restored_at = $1
"""
_LOOK_AGAIN = (
    "UPDATE messages SET withheld_at = NULL WHERE status = 'waiting' AND withheld_at IS NOT NULL"
)


async def read(connection: asyncpg.Connection, *, otherwise: Sending) -> Sending:
    """The mode now; it cannot be changed before the transaction has ended."""
    row = await connection.fetchrow(_READ)
    if row is None:
        return otherwise
    return Sending(Mode(row["mode"]), tuple(row["allow_list"]), row["restored_at"])


async def mode(connection: asyncpg.Connection, *, otherwise: Sending) -> Mode:
    """The mode at this instant."""
    row = await connection.fetchrow(_SHOW)
    return Mode(row["mode"]) if row else otherwise.mode


async def show(connection: asyncpg.Connection) -> Mapping[str, object] | None:
    """The mode, since when and by whom; None while nobody has set one."""
    row = await connection.fetchrow(_SHOW)
    return dict(row) if row else None


async def change(
    connection: asyncpg.Connection, sending: Sending, *, by: str, moment: Moment
) -> None:
    """Set the mode; whatever the allow-list kept back is looked at again."""
    await connection.execute(_CHANGE, sending.mode.value, list(sending.allow_list), moment, by)
    await connection.execute(_LOOK_AGAIN)


async def restored(connection: asyncpg.Connection, *, moment: Moment) -> None:
    """The database turned out to be older than what we had told: nothing leaves until a person says so."""
    await connection.execute(_RESTORED, moment)
