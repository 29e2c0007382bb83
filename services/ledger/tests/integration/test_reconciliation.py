"""Runs of balances, night by night, on a real database (ERP rule 10)."""

import random
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from ledger.domain.outcome import Outcome

SOURCE = "urn:acme:erp:de01"
STATED, COMPLETED = "erp.open-items.stated.v1", "erp.open-items.completed.v1"
DELAY = timedelta(minutes=30)


@dataclass
class Nights:
    """The ERP's nightly words, and what we make of them."""

    till: Any

    def states(self, run_id: str, number: str = "C1", *items: str, **body: Any) -> None:
        """`items` as "invoice I1 80.00"."""
        told = {
            "run_id": run_id,
            "customer_number": number,
            "legal_entity": "DE01",
            "as_of": "2026-04-01",
        }
        told["items"] = [
            {"kind": kind, "id": name, "currency": "EUR", "open": left}
            for kind, name, left in map(str.split, items)
        ]
        self.till.pen.take(STATED, **told | body)

    def ends(self, run_id: str, customers: int, total: str, **body: Any) -> None:
        told = {
            "run_id": run_id,
            "legal_entity": "DE01",
            "as_of": "2026-04-01",
            "customers": customers,
        }
        told["totals"] = [{"currency": "EUR", "open": total}]
        self.till.pen.take(COMPLETED, **told | body)

    async def judge(self, *, after: timedelta = DELAY) -> None:
        """Take what was said, let the delay pass, and judge."""
        await self.till.take()
        self.till.move(self.till.service.clock.now() + after)
        await self.run_job()

    async def run_job(self) -> None:
        (job,) = [one for one in self.till.service.jobs if one.name == "reconciliation"]
        while await job.run():
            pass

    async def found(self, run_id: str | None = None) -> list[tuple[str, str | None, str, str]]:
        asked = {"run_id": run_id} if run_id is not None else {}
        items = (await self.till.get("/v1/differences", **asked))["items"]
        return [
            (one["item"]["kind"], one["item"]["id"], one["ours"], one["theirs"]) for one in items
        ]

    async def told(self) -> list[dict[str, Any]]:
        """What the ERP was told of differences."""
        rows = await self.till.fetch(
            "SELECT convert_from(payload, 'utf8')::json AS body FROM outbox "
            "WHERE headers::json ->> 'ce_type' = 'ledger.open-items.differed.v1' ORDER BY seq"
        )
        return [row["body"] for row in rows]

    async def held(self, invoice: str = "I1") -> list[tuple[str, str | None]]:
        """Holds in the last fact of an invoice."""
        rows = await self.till.fetch(
            "SELECT convert_from(payload, 'utf8')::json -> 'holds' AS holds FROM outbox "
            "WHERE convert_from(payload, 'utf8')::json ->> 'source_id' = $1 ORDER BY seq DESC LIMIT 1",
            invoice,
        )
        return [(one["reason"], one.get("amount")) for one in rows[0]["holds"]]

    async def accept(self, by: str, *, item: str | None = "I1", key: str = "") -> tuple[int, str]:
        """Accept the difference of that item; answers the status and who has accepted it, or the refusal."""
        self.till.person = by
        found = (await self.till.get("/v1/differences"))["items"]
        (wanted,) = [one for one in found if one["item"]["id"] == item]
        answer = await self.till.http.post(
            f"/v1/differences/{wanted['difference_id']}/acceptances",
            headers={"Idempotency-Key": key} if key else {},
        )
        body = answer.json()
        return answer.status_code, body.get("code") or body["accepted_by"] or ""

    async def run_of(self, run_id: str) -> Any:
        (row,) = await self.till.fetch("SELECT * FROM balance_runs WHERE run_id = $1", run_id)
        return row


@pytest.fixture
def nights(till: Any) -> Nights:
    """Two customers: C1 owes 100.00 and 50.00, C2 owes 70.00. It is noon of 2026-04-01."""
    till.pen.customer("C1")
    till.pen.customer("C2")
    till.pen.invoice("I1", "100.00")
    till.pen.invoice("I2", "50.00")
    till.pen.invoice("I3", "70.00", customer_number="C2")
    return Nights(till)


def next_day(nights: Nights) -> None:
    nights.till.move(nights.till.service.clock.now() + timedelta(days=1))


class TestANight:
    async def test_that_agrees_finds_nothing_and_tells_nothing(self, nights: Nights) -> None:
        nights.states("n1", "C1", "invoice I1 100.00", "invoice I2 50.00")
        nights.states("n1", "C2", "invoice I3 70.00")
        nights.ends("n1", 2, "220.00")
        await nights.judge()

        assert (await nights.found("n1"), await nights.told()) == ([], [])
        (run,) = (await nights.till.get("/v1/balance-runs"))["items"]
        assert (run["run_id"], run["ending"], run["customers"], run["differences"]) == (
            "n1", "judged", 2, 0,
        )  # fmt: skip

    async def test_finds_a_difference_tells_it_once_and_chases_only_the_lower_amount(
        self, nights: Nights
    ) -> None:
        for night, day in (("n1", "2026-04-01"), ("n2", "2026-04-02")):
            nights.states(night, "C1", "invoice I1 80.00", "invoice I2 55.00", as_of=day)
            await nights.judge()
            next_day(nights)

        wanted = [("invoice", "I1", "100.00", "80.00"), ("invoice", "I2", "50.00", "55.00")]
        assert (
            await nights.found() == await nights.found("n1") == await nights.found("n2") == wanted
        )
        (told, _) = await nights.told()
        assert (told["run_id"], told["item"], told["ours"], told["theirs"]) == (
            "n1", {"kind": "invoice", "id": "I1"}, "100.00", "80.00",
        )  # fmt: skip
        assert await nights.held("I1") == [("erp-states-less", "20.00")]
        assert await nights.held("I2") == []
        (first, _) = (await nights.till.get("/v1/differences"))["items"]
        assert (first["run_id"], first["since_run_id"], first["as_of"]) == (
            "n2",
            "n1",
            "2026-04-02",
        )
        assert first["since"].startswith("2026-04-01T12:30")
        assert (await nights.till.get("/v1/proof"))["imbalance"] == 0

    async def test_ends_it_when_the_erps_event_has_solved_it(self, nights: Nights) -> None:
        nights.states("n1", "C1", "invoice I1 80.00", "invoice I2 50.00")
        await nights.judge()
        next_day(nights)
        nights.till.pen.payment(
            "P1", "20.00", allocations=[{"invoice_id": "I1", "amount": "20.00"}]
        )
        await nights.till.take()
        assert await nights.held() == [("erp-states-less", "20.00")]

        nights.states("n2", "C1", "invoice I1 80.00", "invoice I2 50.00", as_of="2026-04-02")
        await nights.judge()

        assert (await nights.found(), await nights.found("n2")) == ([], [])
        assert await nights.found("n1") == [("invoice", "I1", "100.00", "80.00")]
        assert await nights.held() == []
        assert len(await nights.told()) == 1

    async def test_is_judged_only_after_the_delay(self, nights: Nights) -> None:
        nights.states("n1", "C1")
        await nights.judge(after=DELAY - timedelta(seconds=1))
        assert await nights.found() == []
        pulses = [await self._pulse(nights, source) for source in nights.till.service.pulses]
        due = nights.till.service.clock.now() + timedelta(seconds=1)
        assert due in [pulse.next_due_at for pulse in pulses]

        await nights.judge(after=timedelta(seconds=1))
        assert [one[1] for one in await nights.found()] == ["I1", "I2"]

    async def _pulse(self, nights: Nights, source: Any) -> Any:
        async with nights.till.service.database.look() as connection:
            return await source(connection, nights.till.service.clock.now())


class TestWhatIsThere:
    @pytest.mark.parametrize("seed", range(4))
    async def test_any_order_and_every_record_twice_finds_the_same(
        self, nights: Nights, seed: int
    ) -> None:
        await nights.till.take()
        nights.states("n1", "C1", "invoice I1 80.00", part=1, parts=2)
        nights.states("n1", "C1", "invoice I2 50.00", part=2, parts=2)
        nights.ends("n1", 1, "130.00")
        twice = nights.till.written * 2
        random.Random(seed).shuffle(twice)
        nights.till.written[:] = [
            replace(record, offset=1_000 + place) for place, record in enumerate(twice)
        ]
        outcomes = await nights.till.take(at_once=2)
        assert set(outcomes) <= {"accepted", "duplicate"}
        await nights.judge()

        assert await nights.found("n1") == [
            ("invoice", "I1", "100.00", "80.00"),
            ("invoice", "I3", "70.00", "0.00"),
        ]
        assert (await nights.run_of("n1"))["ending"] == "judged"

    async def test_a_customer_counts_when_all_its_parts_are_there(self, nights: Nights) -> None:
        nights.states("n1", "C1", "invoice I1 100.00", part=1, parts=2)
        nights.states("n1", "C2", "invoice I3 60.00")
        await nights.judge()
        assert await nights.found() == [("invoice", "I3", "70.00", "60.00")]

        nights.states("n1", "C1", "invoice I2 1.00", part=2, parts=2)
        await nights.judge()
        assert [one[1] for one in await nights.found()] == ["I3", "I2"]

    async def test_absence_counts_only_when_everybody_is_there(self, nights: Nights) -> None:
        nights.states("n1", "C1", "invoice I1 100.00", "invoice I2 50.00")
        nights.ends("n1", 2, "150.00")
        await nights.judge()
        assert await nights.found() == []

        nights.states("n1", "C9", "invoice I9 0.00")
        await nights.judge()
        assert await nights.found() == [("invoice", "I3", "70.00", "0.00")]
        assert await nights.held("I3") == [("erp-states-less", "70.00")]

    async def test_totals_that_do_not_add_up_are_a_difference_and_absence_does_not_count(
        self, nights: Nights
    ) -> None:
        nights.states("n1", "C1", "invoice I1 100.00", "invoice I2 50.00")
        nights.ends("n1", 1, "220.00")
        await nights.judge()
        assert await nights.found() == [("total", None, "150.00", "220.00")]
        (told,) = await nights.told()
        assert "customer_number" not in told

    async def test_a_run_that_never_comes_whole_is_an_alarm(
        self, nights: Nights, caplog: pytest.LogCaptureFixture
    ) -> None:
        nights.states("n1", "C1", part=1, parts=2)
        await nights.judge()
        assert "whole" not in caplog.text
        nights.till.move(nights.till.service.clock.now() + timedelta(hours=12))
        await nights.run_job()
        await nights.run_job()
        assert caplog.text.count("a run of balances has not come whole") == 1
        assert await nights.till.doubts() == []


class TestWhatIsCompared:
    async def test_our_own_matching_is_left_out(self, nights: Nights) -> None:
        nights.till.pen.payment("P1", "30.00", reference="I1")
        nights.states("n1", "C1", "invoice I1 100.00", "invoice I2 50.00", "payment P1 30.00")
        await nights.judge()
        assert await nights.found() == []

    async def test_undirected_credits_are_compared_in_total(self, nights: Nights) -> None:
        nights.till.pen.payment("P1", "30.00", customer_number="C2", legal_entity="DE01")
        nights.till.pen.payment("P2", "15.00", customer_number="C2")
        nights.till.pen.credit_note("N1", "5.00", customer_number="C2")
        nights.states("n1", "C2", "invoice I3 70.00", "payment WHOLE 45.00", "credit-note N1 5.00")
        await nights.judge()
        assert await nights.found() == []
        next_day(nights)
        nights.states("n2", "C2", "invoice I3 70.00", "payment WHOLE 44.00", as_of="2026-04-02")
        await nights.judge()
        assert await nights.found() == [("credits", None, "50.00", "44.00")]

    async def test_a_directed_credit_is_compared_by_itself(self, nights: Nights) -> None:
        nights.till.pen.payment(
            "P1", "30.00", allocations=[{"invoice_id": "I1", "amount": "20.00"}]
        )
        nights.states("n1", "C1", "invoice I1 80.00", "invoice I2 50.00", "payment P1 9.00")
        await nights.judge()
        assert await nights.found() == [("payment", "P1", "10.00", "9.00")]

    async def test_what_changed_after_the_word_was_given_is_left_for_the_next_run(
        self, nights: Nights
    ) -> None:
        await nights.till.take()
        nights.states("n1", "C1", "invoice I1 100.00", "invoice I2 50.00")
        await nights.till.take()
        nights.till.move(nights.till.service.clock.now() + timedelta(minutes=10))
        nights.till.pen.payment(
            "P1", "20.00", allocations=[{"invoice_id": "I1", "amount": "20.00"}]
        )
        await nights.judge()
        assert await nights.found() == []

    @pytest.mark.parametrize("says_where", ["set", "version"])
    async def test_a_word_after_it_that_books_nothing_is_left_too(
        self, nights: Nights, says_where: str
    ) -> None:
        """The ERP only says what we had matched already: our side has moved, and no entry shows it."""
        nights.till.pen.payment("P1", "100.00", reference="I1")
        nights.states("n1", "C1", "invoice I1 100.00", "invoice I2 50.00", "payment P1 100.00")
        await nights.till.take()
        nights.till.move(nights.till.service.clock.now() + timedelta(minutes=10))
        places = [{"invoice_id": "I1", "amount": "100.00"}]
        if says_where == "set":
            nights.till.pen.allocate("P1", ("I1", "100.00"))
        else:
            nights.till.pen.payment("P1", "100.00", version=2, allocations=places)
        await nights.judge()
        assert await nights.found() == []

        nights.states("n2", "C1", "invoice I1 100.00", "invoice I2 50.00", as_of="2026-04-02")
        nights.till.move(nights.till.service.clock.now() + timedelta(days=1))
        await nights.judge()
        assert await nights.found() == [("invoice", "I1", "0.00", "100.00")]

    async def test_what_is_effective_after_the_day_is_left_too(self, nights: Nights) -> None:
        nights.till.pen.payment(
            "P1",
            "20.00",
            value_date="2026-04-02",
            allocations=[{"invoice_id": "I1", "amount": "20.00"}],
        )
        nights.states("n1", "C1", "invoice I1 100.00", "invoice I2 50.00")
        await nights.judge()
        assert await nights.found() == []

    async def test_an_item_we_never_heard_of_differs_and_silences_nobody(
        self, nights: Nights
    ) -> None:
        nights.states("n1", "C1", "invoice I1 100.00", "invoice I2 50.00", "invoice I8 5.00")
        nights.states("n1", "C7", "invoice I7 5.00")
        await nights.judge()
        assert sorted(await nights.found()) == [
            ("invoice", "I7", "0.00", "5.00"),
            ("invoice", "I8", "0.00", "5.00"),
        ]
        assert await nights.till.doubts() == []


class TestRuns:
    async def test_older_than_the_newest_judged_one_is_superseded(self, nights: Nights) -> None:
        nights.states("old", "C1", "invoice I1 1.00", as_of="2026-03-31")
        await nights.till.take()
        for number, items in (
            ("C1", ("invoice I1 100.00", "invoice I2 50.00")),
            ("C2", ("invoice I3 70.00",)),
        ):
            nights.states("new", number, *items)
        nights.ends("new", 2, "220.00")
        await nights.till.take()
        nights.till.move(nights.till.service.clock.now() + timedelta(minutes=20))
        nights.states("old", "C2", "invoice I3 1.00", as_of="2026-03-31")
        await nights.judge(after=timedelta(minutes=10))
        await nights.judge()
        assert await nights.found() == []
        assert (await nights.run_of("old"))["ending"] == "superseded"

        nights.states("older", "C1", as_of="2026-03-30")
        assert await nights.till.take() == [Outcome.SUPERSEDED]

    async def test_that_overlap_leave_the_newer_word(self, nights: Nights) -> None:
        nights.states("old", "C2", "invoice I3 1.00")
        await nights.till.take()
        nights.till.move(nights.till.service.clock.now() + timedelta(minutes=1))
        nights.states("new", "C1", "invoice I1 100.00", "invoice I2 40.00")
        await nights.judge()
        nights.states("old", "C1", "invoice I1 1.00", "invoice I2 50.00")
        nights.ends("old", 2, "52.00")
        await nights.judge()
        assert (await nights.run_of("old"))["ending"] == "judged"
        assert sorted(await nights.found()) == [
            ("invoice", "I2", "50.00", "40.00"),
            ("invoice", "I3", "70.00", "1.00"),
        ]

    async def test_that_say_something_else_than_before_conflict_and_the_first_word_stays(
        self, nights: Nights
    ) -> None:
        nights.states("n1", "C1", "invoice I1 80.00", "invoice I2 50.00")
        nights.states("n1", "C1", "invoice I1 70.00", "invoice I2 50.00")
        assert (await nights.till.take())[-2:] == [Outcome.ACCEPTED, Outcome.CONFLICT]
        await nights.judge()
        assert await nights.found() == [("invoice", "I1", "100.00", "80.00")]

    async def test_refused_by_name_park_and_are_obsolete_once_said_right(
        self, nights: Nights
    ) -> None:
        await nights.till.take()
        nights.states("n1", "C1", "invoice I1 x")
        nights.states("n1", "C1", legal_entity="FR01")
        nights.states("n1", "C1", as_of="2026-04-03")
        nights.states("n1", "C1", part=3, parts=2)
        nights.states("n1", "C1", part=3)
        nights.till.pen.take(STATED, source="urn:nobody", run_id="n1")
        records = list(nights.till.written)
        assert set(await nights.till.take()) == {Outcome.REFUSED}
        codes = [
            (await nights.till.get("/v1/intake", source=one.source, event_id=one.id))["code"]
            for one in records
        ]
        assert codes == [
            "amount-not-a-number", "legal-entity-unknown", "date-out-of-range",
            "payload-unreadable", "payload-unreadable", "source-unknown",
        ]  # fmt: skip
        assert len((await nights.till.get("/v1/parked"))["items"]) == 6

        nights.states("n1", "C1", "invoice I1 1.00")
        assert await nights.till.take() == [Outcome.ACCEPTED]
        assert len((await nights.till.get("/v1/parked"))["items"]) == 5

    async def test_are_retried_like_any_record(self, nights: Nights) -> None:
        await nights.till.take()
        nights.states("n1", "C1")
        (record,) = nights.till.written
        async with nights.till.service.database.work(nights.till.service.clock.now()) as work:
            await nights.till.hearing.park(work, record, RuntimeError("boom"))
        nights.till.written.clear()
        (one,) = (await nights.till.get("/v1/parked"))["items"]
        answer = await nights.till.http.post(f"/v1/parked/{one['parked_id']}/retries")
        assert answer.json()["outcome"] == "accepted"
        await nights.judge()
        assert [one[1] for one in await nights.found()] == ["I1", "I2"]


class TestAcceptance:
    async def test_by_two_people_books_an_adjustment_of_today_to_the_erps_figure(
        self, nights: Nights
    ) -> None:
        nights.states("n1", "C1", "invoice I1 80.00", "invoice I2 55.00")
        await nights.judge()
        next_day(nights)

        assert await nights.accept("anna", key="a1") == (201, "")
        assert await nights.accept("anna", key="a1") == (201, "")
        assert await nights.accept("anna") == (409, "second-person-wanted")
        assert await nights.held() == [("erp-states-less", "20.00")]
        assert await nights.accept("ben") == (201, "ben")
        assert await nights.accept("ben", item="I2") == (201, "")
        assert await nights.accept("anna", item="I2") == (201, "anna")

        opens = await nights.till.fetch("SELECT source_id, open_minor FROM invoices ORDER BY 1")
        assert [tuple(row) for row in opens] == [("I1", 8000), ("I2", 5500), ("I3", 7000)]
        entries = await nights.till.fetch(
            "SELECT minor, effective_on::text AS on FROM entries WHERE effective_on > '2026-04-01' ORDER BY minor"
        )
        assert [tuple(row) for row in entries] == [(500, "2026-04-02"), (2000, "2026-04-02")]
        assert (await nights.found(), await nights.held()) == ([], [])
        assert [one[1] for one in await nights.found("n1")] == ["I1", "I2"]
        assert (await nights.till.get("/v1/proof"))["imbalance"] == 0

        nights.states("n2", "C1", "invoice I1 80.00", "invoice I2 55.00", as_of="2026-04-02")
        await nights.judge()
        assert await nights.found("n2") == []

    async def test_is_asked_anew_when_a_figure_changes(self, nights: Nights) -> None:
        nights.states("n1", "C1", "invoice I1 80.00", "invoice I2 50.00")
        await nights.judge()
        assert await nights.accept("anna") == (201, "")
        next_day(nights)
        nights.states("n2", "C1", "invoice I1 75.00", "invoice I2 50.00", as_of="2026-04-02")
        await nights.judge()
        assert await nights.accept("ben") == (201, "")
        assert [one["theirs"] for one in await nights.told()] == ["80.00", "75.00"]
        assert await nights.held() == [("erp-states-less", "25.00")]

    async def test_is_refused_by_name_where_nothing_can_be_booked(self, nights: Nights) -> None:
        nights.till.pen.payment("P1", "30.00", customer_number="C2")
        nights.states("n1", "C1", "invoice I1 80.00", "invoice I2 50.00", "invoice I8 5.00")
        nights.states("n1", "C2", "invoice I3 70.00")
        await nights.judge()
        assert await nights.accept("anna", item=None) == (409, "not-one-item")
        assert await nights.accept("anna", item="I8") == (409, "not-one-item")

        nights.till.pen.payment(
            "P2", "20.00", allocations=[{"invoice_id": "I1", "amount": "20.00"}]
        )
        nights.till.move(nights.till.service.clock.now() + timedelta(hours=1))
        await nights.till.take()
        assert await nights.accept("anna") == (409, "item-moved")
        unknown = await nights.till.http.post(f"/v1/differences/{UUID(int=1)}/acceptances")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "not-known")

    async def test_needs_a_role(self, nights: Nights) -> None:
        nights.states("n1", "C1", "invoice I1 80.00", "invoice I2 50.00")
        await nights.judge()
        nights.till.roles = frozenset({"viewer"})
        assert await nights.accept("anna") == (403, "role-missing")
