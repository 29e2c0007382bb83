"""Where the local stack keeps its things."""

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[4]

# State of one stack, removed by `make clean`. Two stacks on one machine: two folders.
LOCAL = Path(os.environ.get("LOCAL_FOLDER") or REPOSITORY / ".local").resolve()

# What was fetched from outside; `make clean` keeps it.
CACHE = Path(os.environ.get("CACHE_FOLDER") or REPOSITORY / ".local" / "cache").resolve()
