"""What comes as Java archives: Apache Kafka and Zipkin, fetched once by Maven."""

import fcntl
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from local_stack.folders import CACHE

JAVA_MIN = 17
FETCH_TIMEOUT_S = 600

# Named in full, so that the machine's own default of the plugin does not matter.
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
_POMS = Path(__file__).parent / "poms"


class ArtifactsMissing(Exception):
    """The archives are not here and cannot be fetched."""


@cache
def java() -> str | None:
    """The path of a Java of at least JAVA_MIN, or None."""
    path = shutil.which("java")
    if path is None:
        return None

    said = subprocess.run([path, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    return path if version and int(version[1]) >= JAVA_MIN else None


def available(pom: str) -> bool:
    """Whether `archives(pom)` can be hoped to succeed."""
    return java() is not None and (_is_complete(pom) or shutil.which("mvn") is not None)


def archives(pom: str) -> Path:
    """The folder that holds what the pom names ("kafka", "zipkin"); fetched when not there yet.

    Raises ArtifactsMissing when there is no Maven or it fails.
    """
    if _is_complete(pom):
        return _folder(pom)

    maven = shutil.which("mvn")
    if maven is None:
        raise ArtifactsMissing(f"{pom}: Maven (mvn) is not installed")
    with _alone(pom):
        if not _is_complete(pom):
            _fetch(maven, pom)
    return _folder(pom)


@contextmanager
def _alone(pom: str) -> Iterator[None]:
    """One stack fetches at a time: a second would take away the archives that the first has just started."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{pom}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch(maven: str, pom: str) -> None:
    folder = _folder(pom)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)

    command = [maven, "-q", "-B", "-ntp", "-f", str(_POMS / f"{pom}.xml"), _COPY]
    fetched = subprocess.run(
        [*command, f"-DoutputDirectory={folder}"],
        capture_output=True,
        text=True,
        timeout=FETCH_TIMEOUT_S,
        check=False,
    )

    if fetched.returncode != 0:
        raise ArtifactsMissing(f"{pom}: Maven failed\n{fetched.stdout[-1_000:]}")
    _stamp(pom).touch()


def _folder(pom: str) -> Path:
    return CACHE / pom


def _stamp(pom: str) -> Path:
    return _folder(pom) / ".complete"


def _is_complete(pom: str) -> bool:
    stamp = _stamp(pom)
    return stamp.exists() and stamp.stat().st_mtime >= (_POMS / f"{pom}.xml").stat().st_mtime
