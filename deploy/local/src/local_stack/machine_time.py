"""The machine's own clock, for the life of staff tokens and for a first position of the movable one."""

import time
from datetime import UTC, datetime


def machine_now() -> datetime:
    """The present instant of this machine, in UTC."""
    return datetime.fromtimestamp(time.time(), UTC)
