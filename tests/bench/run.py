"""`make bench`: raw and ours in turn, in the same run, on the same servers; ratios of medians.

Absolute rates of a shared machine mean little; the ratio is what counts. Durable settings: fsync on, acks from all.
"""

import argparse
import asyncio
import json
from pathlib import Path
from tempfile import TemporaryDirectory

from databases import Databases
from measure import HERE, Bench, Row, say
from works.decide import decide
from works.duplicates import duplicates
from works.flow import flow
from works.ingest import ingest
from works.mail import mail
from works.payment import payment
from works.portal import invoice, statement
from works.projection import projection
from works.reads import by_key, open_items
from works.refusals import refusals
from works.relay import relay
from works.rest import rest

from local_stack import topics
from local_stack.kafka import kafka
from local_stack.postgres import postgres, remove
from shared.messaging.kafka import KafkaAt
from shared.messaging.routes import Routes

RESULTS = HERE / "results.json"
WORKS = {
    "ingest": ingest,
    "relay": relay,
    "projection": projection,
    "decide": decide,
    "flow": flow,
    "duplicates": duplicates,
    "mail": mail,
    "payment": payment,
    "read": by_key,
    "list": open_items,
    "invoice": invoice,
    "statement": statement,
    "refusals": refusals,
    "rest": rest,
}
COLUMNS = {
    "work": 40, "raw": 9, "ours": 9, "unit": 14, "ratio": 7, "raw_cpu_us": 11, "ours_cpu_us": 12, "runs": 5,
}  # fmt: skip


async def main() -> None:
    asked = arguments()
    with TemporaryDirectory(prefix="dunwell-bench-", ignore_cleanup_errors=True) as name:
        try:
            await measure(asked, Path(name))
        finally:
            remove(Path(name) / "postgres")
    show(json.loads(RESULTS.read_text()))


async def measure(asked: argparse.Namespace, folder: Path) -> None:
    with (
        postgres(folder / "postgres", durable=True) as server,
        kafka(folder / "kafka") as bootstrap,
    ):
        for name in asked.only or [one for one in WORKS if one != "rest"]:
            prefix = f"{name}."
            await topics.create_missing(bootstrap, prefix)
            at = KafkaAt(bootstrap, Routes(prefix))
            rows = await WORKS[name](Bench(Databases(server), at, asked.runs, asked.flame))
            for row in rows if isinstance(rows, list) else [rows]:
                if row:
                    keep(row)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only",
        choices=WORKS,
        nargs="+",
        help="measure these, keep the other results (all but rest)",
    )
    parser.add_argument("--runs", type=int, default=5, help="turns of each side")
    parser.add_argument(
        "--flame", type=Path, help="draw where ours spends its CPU to this SVG; no comparison"
    )
    return parser.parse_args()


def keep(row: Row) -> None:
    """Put a row into the results, in the place of an older one of the same work."""
    rows = {one["work"]: one for one in json.loads(RESULTS.read_text())}
    rows[row["work"]] = row
    RESULTS.write_text(json.dumps(list(rows.values()), indent=2) + "\n")


def show(rows: list[Row]) -> None:
    say("\n" + "".join(name.ljust(width) for name, width in COLUMNS.items()))
    for row in rows:
        say("".join(str(row[name]).ljust(width) for name, width in COLUMNS.items()))


if __name__ == "__main__":
    asyncio.run(main())
