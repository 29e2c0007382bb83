"""Bring a file into the books of the running stack: shows what was guessed, what it would be, and how far it is.

It goes through the ledger's public door, `POST /v1/imports`, like anybody's file.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from local_stack import state

CALL_TIMEOUT_S = 60.0
LOOK_S = 0.3
PATIENCE_S = 600.0
"""Longest without any progress."""
REJECTED_SHOWN = 10
Shown = dict[str, Any]


class ImportFailedError(Exception):
    """The text says what the door said, or what did not come."""


def import_file(file: Path, profile: Path | None, *, dry: bool) -> int:
    """Try the file, show what it would be and, unless that is all that is wanted, import it. Returns the exit code."""
    endpoints = state.endpoints()
    if not endpoints:
        print("nothing runs here; start it with: make up")
        return 1
    beside = file.with_name(file.name + ".profile.json")
    said = profile or (beside if beside.exists() else None)
    for wanted in (file, said):
        if wanted is not None and not wanted.is_file():
            print(f"there is no file {wanted}; say FILE=… and, if you have one, PROFILE=…")
            return 1

    headers = {"Authorization": f"Bearer {endpoints['staff_token']}"}
    with httpx.Client(
        base_url=endpoints["ledger"], headers=headers, timeout=CALL_TIMEOUT_S, trust_env=False
    ) as http:
        try:
            return _import(http, file, said, beside, dry=dry)
        except (ImportFailedError, httpx.HTTPError) as error:
            print(f"\nfailed: {error}")
            return 1


def _import(http: httpx.Client, file: Path, said: Path | None, beside: Path, *, dry: bool) -> int:
    text = said.read_text(encoding="utf-8") if said else ""
    tried = _follow(http, _begin(http, file, text, dry=True))
    _show(tried)
    if said is None and tried["profile"]:
        beside.write_text(json.dumps(tried["profile"], indent=2, ensure_ascii=False) + "\n")
        print(f"profile      saved as {beside}")
    if tried["refused"]:
        print(f"\nnot imported ({tried['refused']['code']}): {tried['refused']['message']}")
        return 1
    _keep_rejected(http, tried, file)
    if dry:
        print("\na dry run: nothing was imported")
        return 0

    done = _follow(http, _begin(http, file, json.dumps(tried["profile"]), dry=False))
    if done["refused"]:
        raise ImportFailedError(done["refused"]["message"])
    heard = ", ".join(f"{count} {outcome}" for outcome, count in sorted(done["heard"].items()))
    print(f"\nimported     {done['accepted']} rows, {done['rejected_rows']} rejected")
    print(f"events       {done['told']} told, of which the books said: {heard or 'nothing'}")
    print(f"look at      {http.base_url}/docs  ·  make status")
    return 0


def _begin(http: httpx.Client, file: Path, profile: str, *, dry: bool) -> str:
    with file.open("rb") as content:
        answer = http.post(
            "/v1/imports",
            files={"file": (file.name, content)},
            data={"profile": profile, "dry_run": str(dry).lower()},
        )
    if answer.is_error:
        raise ImportFailedError(answer.json().get("detail", answer.text))
    import_id: str = answer.json()["import_id"]
    return import_id


def _follow(http: httpx.Client, import_id: str) -> Shown:
    """Show how far it is until it has ended and the books have heard all of it."""
    progress: object = None
    moved_at = time.monotonic()
    while True:
        answer = http.get(f"/v1/imports/{import_id}")
        if answer.is_error:
            raise ImportFailedError(answer.json().get("detail", answer.text))
        shown: Shown = answer.json()
        heard = sum(shown["heard"].values())
        _say_progress(shown, heard)
        if shown["ended_at"] and heard >= shown["told"]:
            sys.stderr.write("\n")
            return shown
        if progress != (shown["state"], shown["position"], heard):
            progress, moved_at = (shown["state"], shown["position"], heard), time.monotonic()
        if time.monotonic() - moved_at > PATIENCE_S:
            raise ImportFailedError(f"no progress in {PATIENCE_S:.0f} s; see make logs NAME=ledger")
        time.sleep(LOOK_S)


def _say_progress(shown: Shown, heard: int) -> None:
    rows = f"{shown['position']} of {shown['rows']} rows" if shown["rows"] else "reading"
    told = f", {heard} of {shown['told']} events heard" if shown["told"] else ""
    sys.stderr.write(f"\r{shown['state']:<9} {rows}{told}   ")
    sys.stderr.flush()


def _show(shown: Shown) -> None:
    profile = shown["profile"]
    for field, header in profile.get("columns", {}).items():
        print(f"{field:<18} ← {header if isinstance(header, str) else ' + '.join(header)}")
    for name in ("kind", "source", "legal_entity", "rows", "date_order", "decimal_mark"):
        if name in profile:
            print(f"{name:<12} {profile[name]}")
    for notice in shown["notices"]:
        print(f"look at      {notice}")
    for total in shown["totals"]:
        print(
            f"{total['kind']:<12} {total['number']:>7}   {total['total']:>18} {total['currency']}"
            f"   open {total['open']:>18}"
        )
    print(f"rows         {shown['accepted']} good, {shown['rejected_rows']} rejected")
    for bad in shown["rejected"][:REJECTED_SHOWN]:
        where = f"row {bad['row']}{', ' + bad['column'] if bad['column'] else ''}"
        print(f"  {where}: {bad['code']}: {bad['message']}")


def _keep_rejected(http: httpx.Client, shown: Shown, file: Path) -> None:
    if not shown["rejected_rows"]:
        return
    path = file.with_name(file.name + ".rejected.csv")
    with http.stream("GET", f"/v1/imports/{shown['import_id']}/rejected.csv") as answer:
        answer.raise_for_status()
        with path.open("wb") as kept:
            for block in answer.iter_bytes():
                kept.write(block)
    print(f"rejected     saved as {path}: mend them there and import them again")
