"""The customer is told each step of a dispute: once, in order, and never old news."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from notifier.domain.sending import Mode, Sending
from shared.contracts import disputes, erp, ledger, scheduler
from shared.contracts.disputes import Outcome, State

UPHELD = {
    "state": State.RESOLVED,
    "outcome": Outcome.UPHELD,
    "upheld": "40.00",
    "decided_by": "ada",
    "words": "You are right.",
}


async def known(office: Any, tell: Any, **changes: Any) -> None:
    await office.hear(tell.customer(**changes), tell.invoice())


def subjects(office: Any) -> list[str]:
    return [mail["Subject"].partition(":")[0] for mail in office.mails()]


async def run(office: Any, times: int = 3) -> None:
    for _ in range(times):
        await office.dispatch.run()


class TestNews:
    async def test_of_an_opening_come_in_one_mail_with_what_stays_due_and_until_when(
        self, office: Any, tell: Any
    ) -> None:
        await known(office, tell)
        due = {
            "answer_due_at": datetime(2026, 4, 22, 14, tzinfo=UTC),
            "decision_due_at": datetime(2026, 5, 5, 14, tzinfo=UTC),
        }
        opened = tell.dispute(disputes.DisputeOpened, 1, **due)
        await office.hear(opened, tell.dispute(**due))

        await run(office)

        (mail,) = office.mails()
        text = mail.get_body(("plain",)).get_content()
        for said in ("40,00", "60,00", "22.04.2026", "05.05.2026"):
            assert said in text
        assert mail["To"].addresses[0].addr_spec == "anna@blue-boat.example"

    async def test_told_twice_and_again_later_are_one_mail(self, office: Any, tell: Any) -> None:
        await known(office, tell)
        step = tell.dispute()
        await office.hear(step, step)
        await run(office)
        await office.hear(step)
        await run(office)

        assert await office.statuses() == [("sent", "")]
        assert len(office.mails()) == 1

    async def test_that_are_old_before_they_left_are_not_told(self, office: Any, tell: Any) -> None:
        await known(office, tell)
        await office.hear(tell.dispute())
        await office.hear(tell.dispute(disputes.DisputeResolved, 3, **UPHELD))

        await run(office)

        assert sorted(await office.statuses()) == [("sent", ""), ("suppressed", "superseded")]
        assert subjects(office) == ["Sie haben recht"]

    async def test_that_come_late_are_not_told_after_newer(self, office: Any, tell: Any) -> None:
        await known(office, tell)
        await office.hear(tell.dispute(disputes.DisputeResolved, 3, **UPHELD))
        await run(office)
        await office.hear(tell.dispute())
        await run(office)

        assert subjects(office) == ["Sie haben recht"]
        assert sorted(await office.statuses()) == [("sent", ""), ("suppressed", "superseded")]

    async def test_that_still_count_leave_in_their_order(self, office: Any, tell: Any) -> None:
        await known(office, tell)
        await office.hear(
            tell.dispute(disputes.DisputeResolved, 3, **UPHELD),
            tell.dispute(
                disputes.DisputeSettled,
                4,
                **UPHELD | {"by": disputes.Actor.DUNWELL, "words": ""},
            ),
        )

        await run(office)

        assert subjects(office) == ["Sie haben recht", "Gutgeschrieben"]

    async def test_wait_while_earlier_news_is_stuck(self, office: Any, tell: Any) -> None:
        await known(office, tell)
        office.mail_faults.mode = "tempfail"
        await office.hear(tell.dispute(disputes.DisputeResolved, 3, **UPHELD))
        await run(office)
        office.mail_faults.mode = "none"
        settled = {**UPHELD, "by": disputes.Actor.DUNWELL, "words": ""}
        await office.hear(tell.dispute(disputes.DisputeSettled, 4, **settled))

        await run(office)
        assert office.mails() == []
        office.later(timedelta(minutes=2))
        await run(office)

        assert subjects(office) == ["Sie haben recht", "Gutgeschrieben"]

    async def test_are_told_while_the_dispute_silences_reminders(
        self, office: Any, tell: Any
    ) -> None:
        await known(office, tell)
        await office.hear(tell.dispute(held="40.00"))
        await office.hear(tell.reminder())
        await run(office)

        assert len(office.mails()) == 2
        days = await office.rows("SELECT purpose FROM messages WHERE status = 'sent'")
        assert sorted(row["purpose"] for row in days) == ["dispute", "reminder"]

    async def test_name_the_dispute_in_the_outcome(self, office: Any, tell: Any) -> None:
        await known(office, tell)
        await office.hear(tell.dispute())
        await run(office)

        (row,) = await office.rows("SELECT convert_from(payload, 'utf8')::json AS body FROM outbox")
        assert row["body"]["dispute_id"] == str(tell.dispute().dispute_id)
        assert row["body"]["purpose"] == "dispute"

    async def test_of_an_end_without_words_are_none(self, office: Any, tell: Any) -> None:
        await known(office, tell)
        await office.hear(
            tell.dispute(disputes.DisputeExamined, 3),
            tell.dispute(disputes.DisputeClosed, 5, state=State.CLOSED),
        )
        await run(office)
        assert await office.statuses() == [("suppressed", "portal-unset")]  # the question alone

        await office.hear(tell.dispute(disputes.DisputeClosed, 6, state=State.CLOSED, words="Bye."))
        await run(office)
        assert subjects(office) == ["Abgeschlossen"]


class TestSilence:
    async def test_of_who_opted_out_and_of_who_has_no_address(self, office: Any, tell: Any) -> None:
        anna = ledger.Contact(
            contact_id="1",
            name="Anna",
            role=erp.Role.BILLING,
            email="anna@blue-boat.example",
            opted_out=(erp.Channel.EMAIL,),
        )
        await known(office, tell, contacts=(anna,))
        await office.hear(tell.dispute())
        await run(office)
        await office.hear(tell.customer(2, contacts=()))
        await office.hear(tell.dispute(disputes.DisputeAnswered, 3, words="A word."))
        await run(office)

        assert sorted(await office.statuses()) == [
            ("suppressed", "no-contact"),
            ("suppressed", "opted-out"),
        ]

    async def test_while_sending_is_off_and_then_only_the_newest(
        self, office: Any, tell: Any
    ) -> None:
        office.dispatch.sending = Sending(Mode.OFF)
        await known(office, tell)
        await office.hear(tell.dispute())
        await office.hear(tell.dispute(disputes.DisputeResolved, 3, **UPHELD))
        await run(office)
        assert office.mails() == []

        office.dispatch.sending = Sending(Mode.LIVE)
        await run(office)
        assert subjects(office) == ["Sie haben recht"]

    async def test_while_records_stand_aside_but_no_longer_than_a_day(
        self, office: Any, tell: Any
    ) -> None:
        await known(office, tell)
        parked = scheduler.RecordsParked(customer_id=tell.customer_id, version=1, parked=1)
        await office.hear(parked, tell.dispute())
        await run(office)
        assert await office.statuses() == [("waiting", "records-parked")]

        office.later(timedelta(days=1))
        await run(office)
        (mail,) = office.mails()
        text = mail.get_body(("plain",)).get_content()
        assert "40,00" in text
        assert "60,00" not in text, "what is not certain is not said"

    @pytest.mark.parametrize("kind", [scheduler.HoldKind.LEGAL, scheduler.HoldKind.INSOLVENCY])
    async def test_where_somebody_else_speaks_for_the_customer(
        self, office: Any, tell: Any, kind: scheduler.HoldKind
    ) -> None:
        await known(office, tell)
        hold = scheduler.HoldPlaced(
            customer_id=tell.customer_id,
            version=1,
            hold_id=tell.invoice_id("hold"),
            kind=kind,
            reason="a lawyer wrote",
            owner="ada",
            placed_at=office.clock.now(),
        )
        await office.hear(hold, tell.dispute())
        await run(office)

        assert await office.statuses() == [("suppressed", f"{kind.value}-hold")]
