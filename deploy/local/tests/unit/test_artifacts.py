"""Archives are fetched once, however many stacks begin at the same moment, by a Maven that is slow and counts."""

import os
import subprocess
import sys
from pathlib import Path

MAVEN = """#!/bin/sh
echo called >> "$CALLS"
for last; do :; done
folder="${last#-DoutputDirectory=}"
sleep 1
echo jar > "$folder/some.jar"
"""
FETCH = """
from local_stack.artifacts import archives
print(sorted(one.name for one in archives("zipkin").glob("*.jar")))
"""
STACKS = 3
WAIT_SECONDS_MAX = 60


class TestArchives:
    def test_are_fetched_once_by_stacks_that_begin_together(self, tmp_path: Path) -> None:
        maven, calls = tmp_path / "mvn", tmp_path / "calls"
        maven.write_text(MAVEN)
        maven.chmod(0o755)
        environment = os.environ | {
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "CALLS": str(calls),
            "CACHE_FOLDER": str(tmp_path / "cache"),
        }

        started = [
            subprocess.Popen(
                [sys.executable, "-c", FETCH], env=environment, stdout=subprocess.PIPE, text=True
            )
            for _ in range(STACKS)
        ]
        found = [one.communicate(timeout=WAIT_SECONDS_MAX)[0].strip() for one in started]

        assert found == ["['some.jar']"] * STACKS
        assert calls.read_text().splitlines() == ["called"]
