"""Hand-overs that nobody finished, answers that nobody could write down."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import asyncpg

from shared.base.ids import object_id
from shared.contracts import erp

_CUT_ALL = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
)


class TestRecovery:
    async def hand_over_and_die(self, office: Any) -> None:
        """Everything up to the commit of `handing-over`, and no further."""
        await office.dispatch._claim()
        async with office.database.work(office.clock.now()) as work:
            await work.connection.execute("UPDATE messages SET claimed_until = '2026-01-01'")

    async def test_a_mail_in_flight_when_the_process_died_is_unknown(
        self, office: Any, tell: Any
    ) -> None:
        await office.planned()
        await self.hand_over_and_die(office)

        await office.dispatch.recover()
        await office.dispatch.run()

        assert office.mails() == []
        assert await office.statuses() == [("unknown", "handed-over-in-doubt")]

    async def test_a_text_that_the_provider_took_was_sent(self, office: Any, tell: Any) -> None:
        await office.planned(channels=(erp.Channel.SMS,))
        _, ((parcel, _),) = await office.dispatch._claim()
        office.text_box.put(parcel.route.address, "+4940555010", parcel.content.decode(), "")
        async with office.database.work(office.clock.now()) as work:
            await work.connection.execute("UPDATE messages SET claimed_until = '2026-01-01'")

        await office.dispatch.recover()

        assert await office.statuses() == [("sent", "")]
        assert len(office.text_box.all()) == 1

    async def test_a_text_that_the_provider_does_not_know_is_sent_once(
        self, office: Any, tell: Any
    ) -> None:
        await office.planned(channels=(erp.Channel.SMS,))
        await self.hand_over_and_die(office)

        await office.dispatch.recover()
        office.later(timedelta(minutes=2))
        await office.dispatch.run()

        assert await office.statuses() == [("sent", "")]
        assert len(office.text_box.all()) == 1

    async def test_a_text_whose_provider_is_silent_is_unknown(self, office: Any, tell: Any) -> None:
        await office.planned(channels=(erp.Channel.SMS,))
        await self.hand_over_and_die(office)
        office.text_faults.mode = "tempfail"

        await office.dispatch.recover()

        assert await office.statuses() == [("unknown", "handed-over-in-doubt")]

    async def test_a_claim_that_was_recovered_notes_nothing_more(
        self, office: Any, tell: Any
    ) -> None:
        await office.planned()
        _, ((parcel, leased),) = await office.dispatch._claim()
        async with office.database.work(office.clock.now()) as work:
            await work.connection.execute("UPDATE messages SET claimed_until = '2026-01-01'")
        await office.dispatch.recover()

        await office.dispatch._note([await office.dispatch._carry(parcel, leased, 10**12)])

        assert await office.told() == ["notifier.message.unknown.v1"]

    async def test_nothing_is_claimed_under_a_name_before_its_last_life_is_wound_up(
        self, office: Any, tell: Any
    ) -> None:
        """Else the winding up would end leases of the new life, and call unknown what is on its way."""
        await office.planned()
        office.dispatch.instance = "notifier-1"

        await office.dispatch.run()
        assert await office.statuses() == [("waiting", "")]
        await office.dispatch.recover()
        await office.dispatch.run()

        assert await office.statuses() == [("sent", "")]

    async def test_an_answer_is_kept_while_the_database_is_away(
        self, office: Any, tell: Any
    ) -> None:
        await office.planned()
        _, ((parcel, leased),) = await office.dispatch._claim()
        answered = await office.dispatch._carry(parcel, leased, 10**12)
        gone = asyncpg.AdminShutdownError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError
        with suppress(*gone):
            await office.rows(_CUT_ALL)

        await office.dispatch._note([answered])

        assert len(office.mails()) == 1
        assert await office.statuses() == [("sent", "")]

    async def test_answers_that_come_together_are_written_together(
        self, office: Any, tell: Any
    ) -> None:
        await office.planned()
        other = {"customer_id": object_id("urn:acme:erp:de01", "customer", "K2")}
        await office.hear(tell.customer(customer_number="K2", **other), tell.invoice("R2", **other))
        await office.hear(tell.reminder("R2", cause="look 2", **other))
        _, going = await office.dispatch._claim()
        assert len(going) == 2

        await office.dispatch._note([await office.dispatch._carry(*one, 10**12) for one in going])

        assert await office.statuses() == [("sent", ""), ("sent", "")]
        ended = await office.rows("SELECT count(DISTINCT xmin::text) AS times FROM deliveries")
        assert ended[0]["times"] == 1
