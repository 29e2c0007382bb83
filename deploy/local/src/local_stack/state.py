"""What a stack leaves on disk: who runs it, where it answers, and what must go when it starts afresh."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from local_stack import postgres
from local_stack.folders import CACHE, LOCAL


class AlreadyRunningError(Exception):
    """Another process runs a stack in this folder."""


ENDPOINTS = LOCAL / "endpoints.json"
LOGS = LOCAL / "logs"
STACK_LOG = LOGS / "stack.log"

_OWNER = LOCAL / "stack.pid"
_BROKER = LOCAL / "broker"
_KEPT_WHEN_FRESH = {CACHE, LOGS, _OWNER}


@contextmanager
def owned() -> Iterator[None]:
    """This process runs the stack; raises AlreadyRunningError when another one does."""
    LOCAL.mkdir(parents=True, exist_ok=True)
    with _OWNER.open("a+") as file:
        if not _lock(file):
            raise AlreadyRunningError
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        try:
            yield
        finally:
            ENDPOINTS.unlink(missing_ok=True)
            _OWNER.unlink(missing_ok=True)


def owner() -> int | None:
    """The process that runs a stack in this folder now, or None."""
    if not _OWNER.exists():
        return None

    with _OWNER.open("a+") as file:
        if _lock(file):
            return None
        file.seek(0)
        said = file.read().strip()
        return int(said) if said else None


def tell_endpoints(endpoints: dict[str, str]) -> None:
    """Write the addresses in one step, so that nobody reads half of them."""
    half = ENDPOINTS.with_suffix(".new")
    half.write_text(json.dumps(endpoints, indent=2) + "\n")
    half.rename(ENDPOINTS)


def endpoints() -> dict[str, str]:
    """The addresses of the running stack; empty when there is none."""
    if not ENDPOINTS.exists():
        return {}
    told: dict[str, str] = json.loads(ENDPOINTS.read_text())
    return told


def keep_only_for(broker: str, *, lasting: bool) -> bool:
    """Start afresh when the log that the databases depend on is gone or another one.

    `lasting` says whether the broker's log outlives the stack. Returns whether state was removed.
    """
    before = _BROKER.read_text() if _BROKER.exists() else broker
    is_fresh_needed = before != broker or (not lasting and _BROKER.exists())

    if is_fresh_needed:
        forget()
    LOCAL.mkdir(parents=True, exist_ok=True)
    _BROKER.write_text(broker)
    return is_fresh_needed


def forget() -> None:
    """Remove all state of a stopped stack, but what was fetched and the logs."""
    postgres.remove(LOCAL)
    if not LOCAL.exists():
        return
    for path in LOCAL.iterdir():
        if path in _KEPT_WHEN_FRESH or path.resolve() == CACHE:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def clean() -> None:
    """Remove everything of a stopped stack but what was fetched."""
    forget()
    shutil.rmtree(LOGS, ignore_errors=True)
    _OWNER.unlink(missing_ok=True)


def _lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
