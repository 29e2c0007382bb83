"""Named points where a process can be made to die, so that tests can prove that nothing is lost there.

Armed by the documented setting `CRASH_AT`; a free call otherwise.
"""

import os
import signal

_armed: dict[str, int] = {}


def arm(plan: str) -> None:
    """Arm `"relay.after-send"`, or `"relay.after-send:3"` to die at the third arrival; several by comma, "" disarms."""
    _armed.clear()
    for part in filter(None, plan.split(",")):
        point, _, times = part.strip().partition(":")
        _armed[point] = int(times or 1)


def reached(point: str) -> None:
    """Die here, as by `kill -9`, when the point is armed and its count is up."""
    if not _armed or point not in _armed:
        return

    _armed[point] -= 1
    if _armed[point] <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
