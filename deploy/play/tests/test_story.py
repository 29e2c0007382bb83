"""The story is believable, deterministic, and its truth adds up."""

from collections import Counter
from datetime import timedelta

import pytest
from pydantic import ValidationError

from play.cast.habits import Habit
from play.erp.book import Book
from play.erp.documents import Invoice
from play.record import DayOfEvents, ErpRecord, Reading, deliveries, dice
from play.scenes.malformed import FAULTS
from play.story import START, Story, story
from shared.contracts.erp import AdjustmentReason, CreditKind
from shared.contracts.registry import ERP_EVENTS

CUSTOMERS, DAYS = 80, 60
REASONS = set(AdjustmentReason) - {AdjustmentReason.OTHER}


@pytest.fixture(scope="module")
def told() -> tuple[Story, list[DayOfEvents]]:
    whole = Story(7, CUSTOMERS, DAYS)
    return whole, [whole.next_day() for _ in range(DAYS)]


@pytest.fixture(scope="module")
def book(told: tuple[Story, list[DayOfEvents]]) -> Book:
    return told[0].book


@pytest.fixture(scope="module")
def records(told: tuple[Story, list[DayOfEvents]]) -> list[ErpRecord]:
    return [record for day in told[1] for record in day.records]


class TestStory:
    def test_is_the_same_for_the_same_seed(self) -> None:
        assert story(3, 24, 20) == story(3, 24, 20)

    def test_differs_for_another_seed(self) -> None:
        assert story(3, 24, 20) != story(4, 24, 20)

    def test_moves_with_its_start_date(self) -> None:
        later = START + timedelta(days=28)
        assert [day.day for day in story(3, 24, 3, start=later)] == [
            later + timedelta(days=n) for n in range(3)
        ]

    def test_has_every_habit(self, told: tuple[Story, list[DayOfEvents]]) -> None:
        assert {customer.habit for customer in told[0].customers} == set(Habit)

    def test_leaves_about_a_third_of_the_invoices_late(self, book: Book) -> None:
        due = [
            invoice
            for invoice in book.invoices.values()
            if START <= invoice.due_on < START + timedelta(days=DAYS - 1) and invoice.total
        ]
        late = [invoice for invoice in due if invoice.open_after(invoice.due_on) > 0]
        assert 0.25 < len(late) / len(due) < 0.42

    def test_opens_with_running_business(self, told: tuple[Story, list[DayOfEvents]]) -> None:
        first = told[1][0]
        issued_before = [r for r in first.records if b'"issued_on":"2025-' in r.body]
        assert len(issued_before) > CUSTOMERS

    def test_has_customers_of_several_places_and_tongues(
        self, told: tuple[Story, list[DayOfEvents]]
    ) -> None:
        customers = told[0].customers
        assert {c.entity.code for c in customers} == {"DE01", "GB01", "US01"}
        assert len({c.country for c in customers}) >= 5
        assert {"de", "en"} <= {c.language for c in customers}
        mailboxes = Counter(str(c.contacts[0].email).split("@")[0] for c in customers)
        assert {"bounce", "tempfail"} <= mailboxes.keys()

    def test_gives_every_customer_addresses_of_its_own(
        self, told: tuple[Story, list[DayOfEvents]]
    ) -> None:
        contacts = [contact for c in told[0].customers for contact in c.contacts]
        emails = [contact.email for contact in contacts]
        phones = [contact.phone for contact in contacts if contact.phone]
        assert len(set(emails)) == len(emails)
        assert len(set(phones)) == len(phones)

    def test_tells_of_every_kind_that_is_built(self, records: list[ErpRecord]) -> None:
        assert {record.type for record in records} >= {
            "erp.customer.changed.v1",
            "erp.invoice.posted.v1",
            "erp.invoice.cancelled.v1",
            "erp.credit-note.posted.v1",
            "erp.credit-note.cancelled.v1",
            "erp.payment.received.v1",
            "erp.payment.returned.v1",
            "erp.payment.cancelled.v1",
            "erp.allocations.set.v1",
            "erp.adjustment.posted.v1",
            "erp.adjustment.cancelled.v1",
        }

    @pytest.mark.parametrize(
        "said",
        [
            b'"opening":{"open":',
            b'"instalments":[{"number":1',
            b'"instalment":2',
            b'{"number":2,"amount":',
            b'"discounts":[{"until":',
            b'"percent":"2"',
            b'"kind":"discount"',
            b'"kind":"tax-withheld"',
            b'"kind":"bank-fee"',
            b'"credit_amount":',
            b'"reason":"chargeback"',
            *(f'"reason":"{reason}"'.encode() for reason in sorted(REASONS)),
        ],
    )
    def test_tells_what_an_erp_may_say(self, records: list[ErpRecord], said: bytes) -> None:
        assert any(said in record.body for record in records)

    def test_keeps_its_own_contract(self, records: list[ErpRecord]) -> None:
        for record in records:
            if not record.code:
                ERP_EVENTS[record.type].model_validate_json(record.body)


class TestTruth:
    def test_open_is_the_sum_of_moves_and_the_total_less_what_is_applied(self, book: Book) -> None:
        for invoice in book.invoices.values():
            total = 0 if invoice.cancelled else invoice.total
            assert invoice.open == total - book.taken_off(invoice) >= 0

    def test_no_credit_is_spent_twice(self, book: Book) -> None:
        for credit in book.credits.values():
            assert credit.unapplied >= 0

    def test_all_money_is_somewhere(self, book: Book) -> None:
        spent = sum(credit.worth - credit.unapplied for credit in book.credits.values())
        parts = [part for credit in book.credits.values() for part in credit.applied]
        assert spent == sum(part.cost for part in parts)
        invoiced = sum(i.total for i in book.invoices.values() if not i.cancelled)
        standing = (one for one in book.adjustments if not one.cancelled)
        adjusted = sum(one.minor for one in standing if isinstance(one.item, Invoice))
        fallen = sum(part.falls for part in parts) + adjusted
        assert sum(book.open_by_entity().values()) == invoiced - fallen

    def test_what_is_open_by_due_day_is_what_is_open(self, book: Book) -> None:
        parted = [invoice for invoice in book.invoices.values() if invoice.instalments]
        assert parted
        for invoice in parted:
            for move in invoice.moves:
                opens = [minor for _, minor in invoice.opens_after(move.on)]
                assert min(opens) >= 0
                assert sum(opens) == invoice.open_after(move.on)

    def test_some_money_is_left_on_account(self, book: Book) -> None:
        assert any(book.unapplied_by_currency(CreditKind.PAYMENT).values())


class TestOddities:
    def test_every_refusal_comes_before_any_comes_again(self, records: list[ErpRecord]) -> None:
        codes = Counter(record.code for record in records if record.code)
        assert set(codes.values()) == {1}
        assert len(codes) == DAYS // 4

    def test_a_long_story_meets_every_refusal(self) -> None:
        codes = {r.code for day in story(7, 30, 100) for r in day.records if r.code}
        assert codes == {fault.code for fault in FAULTS}

    def test_malformed_events_break_the_contract_or_the_rules_of_the_company(
        self, records: list[ErpRecord]
    ) -> None:
        broken = 0
        for record in (r for r in records if r.code and r.type in ERP_EVENTS):
            try:
                ERP_EVENTS[record.type].model_validate_json(record.body)
            except ValidationError:
                broken += 1
        assert broken >= 3

    def test_records_come_twice_late_and_at_odds(self, records: list[ErpRecord]) -> None:
        expected = Counter(record.expected for record in records)
        ids = Counter(record.event_id for record in records)
        assert expected["duplicate",]
        assert expected["superseded",]
        assert expected["conflict", "superseded"]
        assert max(ids.values()) > 1

    def test_an_invoice_comes_before_its_customer(self, records: list[ErpRecord]) -> None:
        seen: set[str] = set()
        early = set()
        for record in records:
            if record.type == "erp.customer.changed.v1":
                seen.add(record.key)
            elif record.key not in seen:
                early.add(record.key)
        assert early

    def test_a_directed_book_has_neither_conflicts_nor_undirected_payments(self) -> None:
        records = [r for day in story(7, 60, 40, directed=True) for r in day.records]
        payments = [r for r in records if r.type == "erp.payment.received.v1"]
        assert all(b'"allocations"' in payment.body for payment in payments)
        assert not [r for r in records if "conflict" in r.expected]
        assert not [r for r in records if r.code.endswith("identity-changed")]


class TestReactions:
    def test_a_message_brings_money_sooner(self) -> None:
        silent, spoken = Story(7, 60, 50), Story(7, 60, 50)
        for number in range(50):
            silent.next_day()
            today = START + timedelta(days=number)
            everybody = [Reading(c.number, today, "email") for c in spoken.customers]
            spoken.next_day(everybody if number % 15 == 5 else ())
        assert sum(spoken.book.open_by_entity().values()) < sum(
            silent.book.open_by_entity().values()
        )

    def test_are_the_same_whatever_the_order_of_reading(self) -> None:
        one, other = Story(7, 30, 20), Story(7, 30, 20)
        for number in range(20):
            today = START + timedelta(days=number)
            readings = [Reading(c.number, today, "email") for c in one.customers]
            assert one.next_day(readings) == other.next_day(readings[::-1])

    def test_only_what_is_listed_is_paid(self) -> None:
        heard = Story(7, 30, 40)
        for number in range(40):
            today = START + timedelta(days=number)
            heard.next_day(
                [Reading(c.number, today, "email", ("nothing",)) for c in heard.customers]
            )
        plain = Story(7, 30, 40)
        for _ in range(40):
            plain.next_day()
        assert heard.book.open_by_entity() == plain.book.open_by_entity()


class TestDeliveries:
    def test_twice_means_every_record_twice(self) -> None:
        today = story(7, 20, 1)[0]
        counts = Counter(record.event_id for record in deliveries(today, twice=True))
        assert min(counts.values()) >= 2

    def test_shuffling_loses_nothing(self) -> None:
        today = story(7, 20, 1)[0]
        mixed = deliveries(today, shuffled_by=dice(1))
        assert mixed != today.records
        assert sorted(r.event_id for r in mixed) == sorted(r.event_id for r in today.records)
