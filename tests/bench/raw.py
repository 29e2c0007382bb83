"""The floor: the same bytes and the same rows with bare clients and hand-written set-based statements. No features.

No validation, no versions, no duplicates, no locks, no refusals: what is left is what the work costs at the least.
`python tests/bench/raw.py ingest` runs until it is killed. One file per work in `raws/`.
"""

import asyncio
import sys

from raws.ingest import ingest
from raws.mail import mail
from raws.payment import payment
from raws.portal import portal
from raws.projection import projection
from raws.reads import reads
from raws.relay import relay

from shared.worker.server import event_loop

WORKS = {
    "ingest": ingest,
    "relay": relay,
    "projection": projection,
    "reads": reads,
    "portal": portal,
    "mail": mail,
    "payment": payment,
}

if __name__ == "__main__":
    with asyncio.Runner(loop_factory=event_loop) as runner:
        runner.run(WORKS[sys.argv[1]]())
