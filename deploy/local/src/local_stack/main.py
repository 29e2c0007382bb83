"""The stack's command line, used by the Makefile: `up`, `down`, `status`, `logs`, `trace`, `import`, `clean`."""

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from local_stack import state
from local_stack.artifacts import ArtifactsMissing
from local_stack.children import ProgramFailed
from local_stack.file_import import import_file
from local_stack.stack import Stack
from local_stack.traces.tree import tree

LOOK_S = 0.05
DOWN_TIMEOUT_S = 60.0
ASK_TIMEOUT_S = 5.0
LOG_LINES = 40

_BEGUN_S = time.monotonic()


def main() -> int:
    """Do what the command line says; returns the exit code."""
    arguments = _parser().parse_args()
    commands: dict[str, Callable[[], int]] = {
        "up": lambda: up(fresh=arguments.fresh),
        "run": run,
        "down": down,
        "status": status,
        "logs": lambda: logs(arguments.name),
        "trace": lambda: trace(arguments.id),
        "clean": clean,
        "import": lambda: import_file(arguments.file, arguments.profile, dry=arguments.dry_run),
    }

    return commands[arguments.command]()


def up(*, fresh: bool) -> int:
    """Start a stack in the background and show its progress; `fresh` forgets what was before."""
    if fresh:
        down()
        state.forget()
    if state.owner() is None:
        state.ENDPOINTS.unlink(missing_ok=True)
        runner: subprocess.Popen[bytes] | None = _start_runner()
    else:
        runner = None

    if not _follow(runner):
        return 1
    _show_addresses()
    return 0


def run() -> int:
    """Be the stack, in the foreground, until SIGTERM or Ctrl-C."""
    try:
        with state.owned():
            return asyncio.run(_run())
    except state.AlreadyRunningError:
        _say("another process runs a stack in this folder")
        return 1


def down() -> int:
    """Stop the running stack and everything it started."""
    owner = state.owner()
    if owner is None:
        return 0

    os.kill(owner, signal.SIGTERM)
    deadline = time.monotonic() + DOWN_TIMEOUT_S
    while state.owner() is not None:
        if time.monotonic() > deadline:
            os.kill(owner, signal.SIGKILL)
        time.sleep(LOOK_S)
    print("stack is down")
    return 0


def status() -> int:
    """What runs, and where; exit code 1 when nothing does."""
    endpoints = state.endpoints()
    if not endpoints:
        print("stack is starting" if state.owner() else "stack is down; start it with: make up")
        return 1

    for program in json.loads(_get(f"{endpoints['clock']}/programs"))["items"]:
        restarts = f"  {program['restarts']} restarts" if program["restarts"] else ""
        print(f"{program['name']:<12} {program['state']:<9} pid {program['pid']}{restarts}")
    print(f"clock        {json.loads(_get(endpoints['clock'] + '/clock'))['now']}\n")
    _show_addresses()
    return 0


def logs(name: str) -> int:
    """Follow one log, or all."""
    files = sorted(state.LOGS.glob(f"{name or '*'}.log"))
    if files:
        os.execvp("tail", ["tail", "-n", str(LOG_LINES), "-F", *map(str, files)])
    print("no log yet")
    return 1


def trace(trace_id: str) -> int:
    """Print one trace as a tree."""
    endpoints = state.endpoints()
    if not endpoints:
        print("stack is down; start it with: make up")
        return 1

    try:
        spans = json.loads(_get(f"{endpoints['traces']}/api/v2/trace/{trace_id}"))
    except urllib.error.HTTPError as error:
        print(f"no such trace ({error.code})")
        return 1
    print(tree(spans))
    return 0


def clean() -> int:
    """Stop the stack and remove what it left, but for what was fetched."""
    down()
    state.clean()
    return 0


async def _run() -> int:
    asked = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)

    stack = Stack(_say)
    try:
        starting = asyncio.create_task(stack.up())
        await _first(starting, asyncio.create_task(asked.wait()))
        if not asked.is_set():
            state.tell_endpoints(starting.result())
            _say("ready")
            await _first(*(asyncio.create_task(e.wait()) for e in (asked, stack.lost)))
        return 1 if stack.lost.is_set() else 0
    except (ProgramFailed, ArtifactsMissing) as failure:
        _say(f"failed: {failure}")
        return 1
    finally:
        state.ENDPOINTS.unlink(missing_ok=True)
        await stack.down()


async def _first(*tasks: asyncio.Task[object]) -> None:
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        if not task.done():
            task.cancel()
    await asyncio.gather(*(task for task in tasks if not task.done()), return_exceptions=True)


def _start_runner() -> "subprocess.Popen[bytes]":
    state.LOGS.mkdir(parents=True, exist_ok=True)
    state.STACK_LOG.write_bytes(b"")
    with state.STACK_LOG.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "local_stack.main", "run"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _follow(runner: "subprocess.Popen[bytes] | None") -> bool:
    """Show the stack's log until it is ready (True) or has ended (False)."""
    shown = 0
    try:
        while True:
            ready = state.ENDPOINTS.exists()
            ended = runner.poll() is not None if runner else state.owner() is None
            shown = _show_more(state.STACK_LOG, shown) if runner else 0
            if ready or ended:
                return ready
            time.sleep(LOOK_S)
    except KeyboardInterrupt:
        down()
        return False


def _show_more(log: Path, shown: int) -> int:
    said = log.read_bytes()[shown:]
    sys.stdout.write(said.decode(errors="replace"))
    sys.stdout.flush()
    return shown + len(said)


def _show_addresses() -> None:
    for name, address in state.endpoints().items():
        if name != "staff_token":
            print(f"{name:<12} {address}")


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=ASK_TIMEOUT_S) as answer:
        body: bytes = answer.read()
        return body


def _say(sentence: str) -> None:
    print(f"{time.monotonic() - _BEGUN_S:6.1f} s  {sentence}", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="local_stack", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    starting = commands.add_parser("up", help="start the stack in the background")
    starting.add_argument("--fresh", action="store_true", help="forget what was before")
    commands.add_parser("run", help="be the stack, in the foreground")
    commands.add_parser("down", help="stop it")
    commands.add_parser("status", help="show what runs, and where")
    commands.add_parser("clean", help="stop it and remove its state")
    following = commands.add_parser("logs", help="follow the logs")
    following.add_argument("name", nargs="?", default="", help="of one program")
    importing = commands.add_parser("import", help="bring a CSV or XLSX file into the books")
    importing.add_argument("file", type=Path)
    importing.add_argument("profile", type=Path, nargs="?", help="YAML or JSON; otherwise guessed")
    importing.add_argument("--dry-run", action="store_true", help="only show what would be")
    showing = commands.add_parser("trace", help="print a trace as a tree")
    showing.add_argument("id", help="trace id, 32 hex digits")
    return parser


if __name__ == "__main__":
    sys.exit(main())
