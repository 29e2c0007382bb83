"""The notifier to an SMTP sink: last look, wording, MIME, hand-over and outcome, one mail a customer."""

from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import facts
import smtp_sink
from measure import Bench, Measured, Row, process, say, turns, watch

from notifier.interfaces.consumers import projection
from shared.base.clock import FileClock
from shared.base.ids import derived_id
from shared.contracts import erp, scheduler
from shared.db.outbox import OutboxRow
from shared.db.work import Database
from shared.messaging.cloudevents import Record

MAILS, SAMPLE = 2_000, 20
SLICE_RECORDS = 500
MORNING = datetime(2026, 4, 20, 7, 30, tzinfo=UTC)
"""Within the hours in which a customer in Berlin may be written to."""

EVERY = 28
"""Invoices of these numbers fall due on the first of April."""


async def mail(bench: Bench) -> Row:
    """`raw` sends the bytes of one of our own mails again and again."""
    say(f"telling a notifier of {MAILS} reminders")
    await waiting_messages(bench)
    with TemporaryDirectory() as folder:
        clock, sample = Path(folder) / "clock", Path(folder) / "mail"
        FileClock.move(clock, MORNING)
        settings = bench.settings | {
            "CLOCK_FILE": str(clock),
            "MAIL_FILE": str(sample),
            "MAILS": str(MAILS),
            "NOTIFIER_SENDING_MODE": "live",
        }

        async def send(side: str, until: int) -> Measured:
            url = await bench.databases.copy("waiting")
            async with smtp_sink.listening() as sink:

                async def sent() -> int:
                    return sink.mails

                there = {"DATABASE_URL": url, "NOTIFIER_SMTP_PORT": str(sink.port)}
                with process(side, "mail", settings | there) as running:
                    measured = await watch(sent, until, running)
                    sample.write_bytes(sink.last)
            await bench.databases.drop(url)
            return measured

        await send("ours", SAMPLE)
        return await turns(bench, "notifier to SMTP", "mails/s", lambda side: send(side, MAILS))


async def waiting_messages(bench: Bench) -> None:
    """A notifier's database `waiting` that has heard of customers, invoices and reminders, and sent nothing."""
    database = Database(await bench.databases.create("waiting", "notifier"))
    rows = [
        *facts.rows(map(facts.customer, range(MAILS))),
        *facts.rows(facts.opened(number * EVERY, number) for number in range(MAILS)),
        *facts.rows(map(reminder, range(MAILS))),
    ]
    heard, records = projection(), [record(row, place) for place, row in enumerate(rows)]
    for begin in range(0, len(records), SLICE_RECORDS):
        async with database.work(MORNING) as work:
            await heard.take(work, records[begin : begin + SLICE_RECORDS])
    await database.close()


def record(row: OutboxRow, place: int) -> Record:
    """A finished message as its hearer gets it."""
    attributes = {name.removeprefix("ce_"): value for name, value in row.headers.items()}
    return Record(row.topic, 0, place, row.key, attributes, row.payload)


def reminder(number: int) -> scheduler.ReminderPlanned:
    """A friendly reminder of one invoice, to leave today."""
    invoice = facts.opened(number * EVERY, number)
    step = scheduler.StepTaken(number=1, name="friendly", tone=scheduler.Tone.FRIENDLY)
    item = scheduler.ReminderItem(
        invoice_id=invoice.invoice_id, invoice_number=invoice.invoice_number, due_on=invoice.due_on,
        currency="EUR", open="1190.00", step=step,
    )  # fmt: skip
    return scheduler.ReminderPlanned(
        reminder_id=derived_id("reminder", number), customer_id=invoice.customer_id, version=1, legal_entity="DE01",
        policy="standard", policy_version=1, segment="standard", step=step, firmest_step_max=1,
        channels=(erp.Channel.EMAIL,), contact_day=date(2026, 4, 20), not_before=datetime(2026, 4, 20, 7, tzinfo=UTC),
        not_after=datetime(2026, 4, 20, 15, tzinfo=UTC), time_zone="Europe/Berlin", gap_days=15, items=(item,),
    )  # fmt: skip
