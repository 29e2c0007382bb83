"""A database is lost, and comes back older or empty: the same books, the same decisions, and nothing sent twice.

These are the runbooks of docs/operations.md, carried out.
"""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from local_stack import postgres
from local_stack.folders import REPOSITORY
from shared.base.ids import object_id
from shared.contracts import ledger, notifier
from shared.testing import builders
from shared.testing.builders import SOURCE, Voice

pytestmark = [pytest.mark.timeout(900)]
erp = Voice()

COMMAND_SECONDS_MAX = 120


@dataclass(frozen=True)
class Operator:
    """Whoever looks after one service and its database."""

    stack: Any
    folder: Path
    service: str

    @property
    def url(self) -> str:
        return self.stack.at["postgres"].rpartition("/")[0] + f"/{self.service}"

    async def ask(self, query: str, *arguments: Any) -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(self.url)
        try:
            return [tuple(row) for row in await connection.fetch(query, *arguments)]
        finally:
            await connection.close()

    def dump(self, to: Path) -> None:
        run(postgres.tool("pg_dump"), "--format=custom", f"--file={to}", self.url)

    def restore(self, dump: Path) -> None:
        run(postgres.tool("pg_restore"), "--exit-on-error", f"--dbname={self.url}", dump)

    @asynccontextmanager
    async def database_lost(self) -> AsyncIterator[None]:
        """The service stands still while its database is gone and an empty one takes its place; then it starts anew."""
        os.kill((await self.stack.program(self.service))["pid"], signal.SIGSTOP)
        try:
            await self._rule(f"DROP DATABASE {self.service} WITH (FORCE)")
            await self._rule(f"CREATE DATABASE {self.service}")
            yield
        finally:
            await self.stack.kill(self.service)
        await self.stack.settle()

    def command(self, mode: str) -> None:
        """`python -m <service>.main <mode>`, as an operator runs it beside the service."""
        settings = {
            "DATABASE_URL": self.url.replace("postgresql:", "postgresql+asyncpg:"),
            "KAFKA_BOOTSTRAP_SERVERS": self.stack.at["kafka"],
            "COMPANY_FILE": str(REPOSITORY / "deploy" / "company" / "example.yaml"),
            "CLOCK_FILE": str(self.folder / "clock"),
        }
        run(sys.executable, "-m", f"{self.service}.main", mode, **settings)

    async def _rule(self, statement: str) -> None:
        connection = await asyncpg.connect(self.stack.at["postgres"])
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


def run(*command: object, **settings: str) -> None:
    done = subprocess.run(
        [*map(str, command)], env=os.environ | settings, capture_output=True, text=True,
        timeout=COMMAND_SECONDS_MAX, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}"


async def partitions_with(bootstrap: str, topic: str) -> dict[TopicPartition, int]:
    """Where the log of a topic ends, by partition."""
    reader = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap)
    await reader.start()
    try:
        ends: dict[TopicPartition, int] = await reader.end_offsets(list(reader.assignment()))
        return ends
    finally:
        await reader.stop()


async def forget(bootstrap: str, parts: set[TopicPartition]) -> None:
    """The broker's retention has passed over everything that these partitions hold now."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.delete_records({part: RecordsToDelete(-1) for part in parts})
    finally:
        await admin.close()


async def owes(stack: Any, number: str, *, days_late: int, total: str = "300.00") -> None:
    """A customer with one invoice that is so many days late; negative: not due yet."""
    due = (await stack.now()).date() - timedelta(days=days_late)
    await stack.tell(
        erp.says(builders.customer(number)),
        erp.says(builders.invoice(f"I-{number}", number, total, due=due)),
    )


async def mails(stack: Any, number: str) -> int:
    return len(await stack.mails(f"ap@{number.lower()}.example"))


BOOKS = {
    "invoices": "SELECT invoice_id, status, open_minor, total_minor, returned FROM invoices ORDER BY 1",
    "credits": "SELECT credit_id, status, minor, unapplied_minor FROM credits ORDER BY 1",
    "totals": """
        SELECT * FROM totals WHERE receivable_minor <> 0 OR unapplied_minor <> 0 ORDER BY 1, 2, 3
    """,
    "accounts": """
        SELECT customer_id, legal_entity, currency, account, item, effective_on, sum(minor) FROM (
            SELECT customer_id, legal_entity, currency, debit, debit_item, effective_on, minor FROM entries
            UNION ALL
            SELECT customer_id, legal_entity, currency, credit, credit_item, effective_on, -minor FROM entries
        ) AS side (customer_id, legal_entity, currency, account, item, effective_on, minor)
        GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(minor) <> 0 ORDER BY 1, 2, 3, 4, 5, 6
    """,
    "outcomes": "SELECT source, event_id, outcome, code FROM intake ORDER BY 1, 2, 3, 4",
    "parked": "SELECT parked_id, code FROM parked_records WHERE ended_at IS NULL ORDER BY 1",
}

PROJECTION = {
    "customers": """
        SELECT customer_id, to_jsonb(customers) - '{version,changed_at}'::text[] FROM customers ORDER BY 1
    """,
    "items": """
        SELECT invoice_id, to_jsonb(items) - '{version,traceparent}'::text[] FROM items
        WHERE open_minor > 0 ORDER BY 1
    """,
    "credits": """
        SELECT credit_id, customer_id, currency, unapplied_minor FROM credits WHERE unapplied_minor > 0 ORDER BY 1
    """,
    "reminders": "SELECT * FROM reminders ORDER BY reminder_id",
    "escalations": "SELECT * FROM escalations ORDER BY escalation_id",
    "holds": "SELECT * FROM holds ORDER BY hold_id",
    "contact days": "SELECT * FROM contact_days ORDER BY customer_id, day",
}
NEXT_LOOKS = """
SELECT standing.customer_id, timer.due_at, standing.look_at, standing.look_why, standing.segment, standing.contact_at
FROM standings AS standing JOIN timers AS timer ON timer.key = standing.customer_id::text AND timer.fired_at IS NULL
WHERE standing.customer_id = ANY($1::uuid[]) ORDER BY 1
"""


async def everything(operator: Operator, queries: dict[str, str]) -> dict[str, Any]:
    return {name: await operator.ask(query) for name, query in queries.items()}


class TestLedger:
    async def test_an_older_dump_and_the_log_make_the_same_books(
        self, stack: Any, stack_folder: Path, tmp_path: Path
    ) -> None:
        operator = Operator(stack, stack_folder, "ledger")
        today = (await stack.now()).date()
        await owes(stack, "L-OLD", days_late=1)
        operator.dump(tmp_path / "ledger.dump")
        await owes(stack, "L-NEW", days_late=1)
        await stack.tell(
            erp.says(builders.payment("P-L-OLD", "L-OLD", "120.00", on=today, to="I-L-OLD")),
            erp.says(builders.invoice("I-L-OLD", "L-OLD", "310.00", due=today, version=2)),
            erp.says(builders.payment("P-L-NEW", "L-NEW", "300.00", on=today, to="I-L-NEW")),
            erp.utters("erp.invoices.v1", "erp.invoice.posted.v1", b"{", event_id="E-L-BAD"),
        )
        before = await everything(operator, BOOKS)
        scheduler = Operator(stack, stack_folder, "scheduler")
        seen = await everything(scheduler, PROJECTION)

        async with operator.database_lost():
            operator.restore(tmp_path / "ledger.dump")

        assert await everything(operator, BOOKS) == before
        assert (await stack.get("ledger", "/v1/proof"))["imbalance"] in (0, "0", "0.00")
        operator.command("republish")
        await stack.settle()
        assert await everything(scheduler, PROJECTION) == seen
        await stack.tell(
            erp.says(builders.payment("P-L-END", "L-OLD", "190.00", on=today, to="I-L-OLD"))
        )
        paid = object_id(SOURCE, "invoice", "I-L-OLD")
        assert await scheduler.ask("SELECT open_minor FROM items WHERE invoice_id = $1", paid) == [
            (0,)
        ]


class TestScheduler:
    async def test_an_empty_database_learns_facts_and_decisions_again(
        self, stack: Any, stack_folder: Path
    ) -> None:
        numbers = ("S-TOLD", "S-HELD", "S-SOON")
        ids = [object_id(SOURCE, "customer", number) for number in numbers]
        await owes(stack, "S-TOLD", days_late=4)
        await owes(stack, "S-HELD", days_late=4)
        await owes(stack, "S-SOON", days_late=-2)
        hold = {"kind": "manual", "reason": "we talk"}
        await stack.post("scheduler", f"/v1/customers/{ids[1]}/holds", hold)
        await stack.advance_to_contact()
        operator = Operator(stack, stack_folder, "scheduler")
        before = await everything(operator, PROJECTION)
        looks = await operator.ask(NEXT_LOOKS, ids)
        told = {number: await mails(stack, number) for number in numbers}
        assert told == {"S-TOLD": 1, "S-HELD": 0, "S-SOON": 1}
        ends = await partitions_with(stack.at["kafka"], ledger.TOPIC)

        await forget(stack.at["kafka"], set(ends))
        async with operator.database_lost():
            operator.command("migrate")
        assert await operator.ask("SELECT FROM customers") == []
        Operator(stack, stack_folder, "ledger").command("republish")
        await stack.settle()

        assert await everything(operator, PROJECTION) == before
        assert await operator.ask(NEXT_LOOKS, ids) == looks
        await stack.advance(await stack.now() + timedelta(days=15))
        reminded = [one["step"] for one in await stack.messages("S-TOLD")]
        assert reminded == [1, 2]
        assert await mails(stack, "S-TOLD") == 2
        assert await mails(stack, "S-HELD") == 0


class TestNotifier:
    async def test_an_older_dump_starts_off_and_sends_nothing_twice(
        self, stack: Any, stack_folder: Path, tmp_path: Path
    ) -> None:
        operator = Operator(stack, stack_folder, "notifier")
        ends = await partitions_with(stack.at["kafka"], notifier.TOPIC)
        await owes(stack, "N-SENT", days_late=4)
        await owes(stack, "N-LATER", days_late=-30)
        operator.dump(tmp_path / "notifier.dump")
        await stack.advance_to_contact()
        assert await mails(stack, "N-SENT") == 1
        after = await partitions_with(stack.at["kafka"], notifier.TOPIC)
        told_in = {part for part, end in after.items() if end > ends[part]}
        untold = await self._sent_with_its_outcome_lost(stack, avoiding=told_in)
        assert await mails(stack, "N-SENT") == 1

        async with operator.database_lost():
            operator.restore(tmp_path / "notifier.dump")

        sending = await stack.get("notifier", "/v1/sending")
        assert (sending["mode"], sending["changed_by"]) == ("off", "restored")
        assert [one["status"] for one in await stack.messages("N-SENT")] == ["sent"]
        assert [one["status"] for one in await stack.messages(untold)] == ["waiting"]
        await stack.sending("live")
        assert [one["status"] for one in await stack.messages(untold)] == ["unknown"]
        assert (await mails(stack, "N-SENT"), await mails(stack, untold)) == (1, 1)
        await stack.advance(await stack.now() + timedelta(days=27))
        assert await mails(stack, "N-LATER") == 1
        assert [one["step"] for one in await stack.messages("N-SENT")] == [1, 2]

    async def _sent_with_its_outcome_lost(
        self, stack: Any, *, avoiding: set[TopicPartition]
    ) -> str:
        """A customer who got a mail, and whose outcome the log does not have: as if it had died untold."""
        before = await partitions_with(stack.at["kafka"], notifier.TOPIC)
        for turn in range(20):
            number = f"N-UNTOLD{turn}"
            await owes(stack, number, days_late=4)
            await stack.advance_to_contact()
            assert await mails(stack, number) == 1
            ends = await partitions_with(stack.at["kafka"], notifier.TOPIC)
            moved = {part for part, end in ends.items() if end > before[part]}
            if not moved & avoiding:
                await forget(stack.at["kafka"], moved)
                return number
            before = ends
        raise AssertionError("no customer of another partition")
