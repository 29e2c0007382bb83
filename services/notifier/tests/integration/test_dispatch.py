"""From heard facts to a mail in a real mail server, and the outcome told."""

import json
from datetime import timedelta
from typing import Any

import pytest

from notifier.domain.sending import Mode, Sending
from notifier.gateways import switch
from shared.contracts import erp, ledger, scheduler


class TestDispatch:
    async def test_a_reminder_becomes_one_mail_and_its_outcome_is_told(
        self, office: Any, tell: Any
    ) -> None:
        await office.planned()

        await office.dispatch.run()
        await office.dispatch.run()

        (mail,) = office.mails()
        assert mail["To"] == "Anna Schröder <anna@blue-boat.example>"
        assert "R1" in mail["Subject"]
        assert "100,00" in mail.get_body(("plain",)).get_content()
        assert await office.statuses() == [("sent", "")]
        assert await office.told() == ["notifier.message.sent.v1"]

    async def test_the_outcome_says_what_was_said(self, office: Any, tell: Any) -> None:
        await office.planned()

        await office.dispatch.run()

        (row,) = await office.rows("SELECT payload FROM outbox")
        told = json.loads(row["payload"])
        assert (told["channel"], told["contact_id"], told["step"], told["purpose"]) == (
            "email",
            "1",
            1,
            "reminder",
        )
        assert [(item["invoice_number"], item["open"]) for item in told["items"]] == [
            ("R1", "100.00")
        ]

    async def test_facts_heard_twice_make_one_mail(self, office: Any, tell: Any) -> None:
        for _ in range(2):
            await office.planned()
            await office.dispatch.run()

        assert len(office.mails()) == 1
        assert await office.told() == ["notifier.message.sent.v1"]

    async def test_who_paid_after_the_plan_gets_nothing(self, office: Any, tell: Any) -> None:
        await office.planned()
        await office.hear(tell.invoice(open_="0.00", version=2))

        await office.dispatch.run()

        assert office.mails() == []
        assert await office.statuses() == [("suppressed", "settled")]
        assert await office.told() == ["notifier.message.suppressed.v1"]

    async def test_a_settled_invoice_drops_out_of_the_mail(self, office: Any, tell: Any) -> None:
        await office.hear(
            tell.customer(), tell.invoice("R1"), tell.invoice("R2"), tell.reminder("R1", "R2")
        )
        await office.hear(tell.invoice("R2", open_="0.00", version=2))

        await office.dispatch.run()

        text = office.mails()[0].get_body(("plain",)).get_content()
        assert "R1" in text
        assert "R2" not in text

    async def test_nothing_leaves_while_facts_are_missing(self, office: Any, tell: Any) -> None:
        await office.planned()
        office.watermark.missing = ["3 of ledger.events.v1[0]"]

        await office.dispatch.run()

        assert office.mails() == []
        assert await office.statuses() == [("waiting", "")]

    async def test_a_contact_day_that_passed_is_told(self, office: Any, tell: Any) -> None:
        await office.planned()
        office.later(timedelta(days=10))

        await office.dispatch.run()

        assert await office.statuses() == [("suppressed", "contact-day-passed")]

    async def test_a_withdrawn_reminder_is_suppressed(self, office: Any, tell: Any) -> None:
        await office.planned()
        await office.hear(tell.withdrawal())

        await office.dispatch.run()

        assert office.mails() == []
        assert await office.statuses() == [("suppressed", "withdrawn")]

    async def test_a_withdrawal_that_comes_first_wins(self, office: Any, tell: Any) -> None:
        await office.hear(tell.withdrawal())
        await office.planned()

        await office.dispatch.run()

        assert office.mails() == []

    async def test_the_trace_of_the_plan_and_its_origins_are_kept(
        self, office: Any, tell: Any
    ) -> None:
        await office.planned()

        (row,) = await office.rows("SELECT traceparent, origin_traces FROM messages")

        assert tell.trace in row["traceparent"]
        assert row["origin_traces"] == tell.origin


class TestTrouble:
    async def test_a_temporary_failure_is_tried_again_later(self, office: Any, tell: Any) -> None:
        await office.planned()
        office.mail_faults.mode = "tempfail"
        await office.dispatch.run()
        await office.dispatch.run()
        assert await office.statuses() == [("waiting", "temporary-failure")]

        office.mail_faults.mode = "none"
        office.later(timedelta(minutes=1))
        await office.dispatch.run()

        assert len(office.mails()) == 1
        assert await office.statuses() == [("sent", "")]
        answers = await office.rows("SELECT answer FROM deliveries ORDER BY started_at")
        assert [row["answer"] for row in answers] == ["not-now", "brought"]

    async def test_who_pays_between_two_tries_is_left_alone(self, office: Any, tell: Any) -> None:
        await office.planned()
        office.mail_faults.mode = "tempfail"
        await office.dispatch.run()
        await office.hear(tell.invoice(open_="0.00", version=2))

        office.mail_faults.mode = "none"
        office.later(timedelta(minutes=1))
        await office.dispatch.run()

        assert office.mails() == []
        assert await office.statuses() == [("suppressed", "settled")]

    async def test_after_a_bounce_the_next_channel_is_tried(self, office: Any, tell: Any) -> None:
        contact = (
            tell.customer().contacts[0].model_copy(update={"email": "bounce@blue-boat.example"})
        )
        await office.hear(tell.customer(contacts=(contact,)), tell.invoice(), tell.reminder())

        await office.dispatch.run()
        await office.dispatch.run()

        (text,) = office.text_box.all("+4930901820")
        assert text.body.startswith("Acme: ")
        assert "100.00" in text.body.replace(",", ".")
        assert await office.statuses() == [("sent", "")]

    async def test_when_every_road_is_closed_the_message_has_failed(
        self, office: Any, tell: Any
    ) -> None:
        contact = (
            tell.customer()
            .contacts[0]
            .model_copy(update={"email": "bounce@blue-boat.example", "phone": None})
        )
        await office.hear(tell.customer(contacts=(contact,)), tell.invoice(), tell.reminder())

        await office.dispatch.run()

        assert await office.statuses() == [("failed", "refused-for-good")]
        assert await office.told() == ["notifier.message.failed.v1"]

    async def test_a_mail_whose_fate_nobody_knows_is_never_sent_again(
        self, office: Any, tell: Any
    ) -> None:
        await office.planned()
        office.mail_faults.mode = "hang"
        await office.dispatch.run()
        office.mail_faults.mode = "none"
        office.later(timedelta(hours=1))

        await office.dispatch.run()
        await office.dispatch.recover()

        assert await office.statuses() == [("unknown", "handed-over-in-doubt")]
        assert await office.told() == ["notifier.message.unknown.v1"]


class TestLegalEntity:
    async def test_nobody_speaks_for_one_that_the_company_file_has_lost(
        self, office: Any, tell: Any
    ) -> None:
        whole = office.dispatch.company
        others = tuple(one for one in whole.legal_entities if one.code != "DE01")
        await office.planned()

        office.dispatch.company = whole.model_copy(update={"legal_entities": others})
        await office.dispatch.run()
        assert await office.statuses() == [("waiting", "legal-entity-unknown")]

        office.dispatch.company = whole
        office.later(timedelta(minutes=15))
        await office.dispatch.run()
        assert await office.statuses() == [("sent", "")]


class TestSending:
    async def set_mode(self, office: Any, sending: Sending) -> None:
        async with office.database.work(office.clock.now()) as work:
            await switch.change(work.connection, sending, by="test", moment=work.moment)

    async def test_while_off_the_newest_reminder_replaces_the_older(
        self, office: Any, tell: Any
    ) -> None:
        await self.set_mode(office, Sending(Mode.OFF))
        await office.planned()
        day = timedelta(days=1)
        plan = tell.reminder()
        office.later(day)
        await office.hear(
            tell.reminder(
                cause="look 2",
                contact_day=plan.contact_day + day,
                not_before=plan.not_before + day,
                not_after=plan.not_after + day,
            )
        )
        await office.dispatch.run()
        assert await office.statuses() == [("suppressed", "replaced"), ("waiting", "")]

        await self.set_mode(office, Sending(Mode.LIVE))
        await office.dispatch.run()

        assert len(office.mails()) == 1

    async def test_an_allow_list_keeps_the_others_waiting(self, office: Any, tell: Any) -> None:
        await self.set_mode(office, Sending(Mode.ALLOW_LIST, ("somebody@else.example",)))
        await office.planned()
        await office.dispatch.run()
        assert await office.statuses() == [("waiting", "not-on-allow-list")]

        await self.set_mode(office, Sending(Mode.ALLOW_LIST, ("@blue-boat.example",)))
        await office.dispatch.run()

        assert await office.statuses() == [("sent", "")]


class TestSilence:
    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"known": False}, "customer-unknown"),
            ({"status": erp.CustomerStatus.INACTIVE}, "customer-inactive"),
            ({"kind": erp.Kind.INTERCOMPANY}, "intercompany"),
            ({"holds": (ledger.CustomerHold(reason="talks"),)}, "erp-hold"),
            ({"contacts": ()}, "no-contact"),
        ],
    )
    async def test_what_the_ledger_says_of_the_customer(
        self, office: Any, tell: Any, changes: dict[str, Any], reason: str
    ) -> None:
        await office.planned()
        await office.hear(tell.customer(version=2, **changes))

        await office.dispatch.run()

        assert await office.statuses() == [("suppressed", reason)]

    async def test_records_parked_in_the_scheduler_make_it_wait(
        self, office: Any, tell: Any
    ) -> None:
        await office.planned()
        await office.hear(
            scheduler.RecordsParked(customer_id=tell.customer_id, version=1, parked=1)
        )
        await office.dispatch.run()
        assert await office.statuses() == [("waiting", "records-parked")]

        await office.hear(
            scheduler.RecordsParked(customer_id=tell.customer_id, version=2, parked=0)
        )
        office.later(timedelta(minutes=15))
        await office.dispatch.run()

        assert await office.statuses() == [("sent", "")]

    async def test_the_contact_budget_is_our_own_record(self, office: Any, tell: Any) -> None:
        await office.planned()
        await office.dispatch.run()
        days = timedelta(days=14)
        plan = tell.reminder()
        office.later(days)
        await office.hear(
            tell.reminder(
                cause="look 2",
                contact_day=plan.contact_day + days,
                not_before=plan.not_before + days,
                not_after=plan.not_after + days,
            )
        )

        await office.dispatch.run()

        assert await office.statuses() == [("sent", ""), ("suppressed", "contact-budget")]
