"""Autopay: never more than announced, than the limit, or than is due; never too often; and on working days alone."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portal_api.domain import charge as ours
from portal_api.domain.autopay import Autopay, AutopayRails, MeansRails
from portal_api.domain.charge import Charge, Item, State, Why
from portal_api.domain.decline import DO_NOT_RETRY, SOFT, Decline
from portal_api.domain.due import Due, DuePart
from portal_api.domain.mandate import Agreed, Mandate, Means, Saved
from portal_api.domain.mandate import State as MandateState
from portal_api.gateways.autopay_files import load_autopay_rails
from portal_api.gateways.promise_rails_file import RailsFileUnreadable
from portal_api.handlers.announce_charges import Terms, announce_charges
from portal_api.handlers.make_charge import Standing, make_charge
from shared.base.days import BusinessCalendar
from shared.base.telling import Telling
from shared.contracts import portal_api as told

NOW = datetime(2026, 4, 20, 8, tzinfo=UTC)
TODAY = NOW.date()
CARD = Means("card", "visa", "4242")
CUSTOMER = UUID(int=1)
POLICIES = Path(__file__).parents[3] / "policies"

FEW = MeansRails(
    offered=True,
    announce_days=3,
    attempts_max=4,
    within_days=30,
    days_between=5,
    only=None,
    same_amount=False,
    answer_days=3,
)
RAILS = AutopayRails(
    version=1,
    look_at=time(9),
    charge_at=time(9),
    early_days=2,
    expiring_days=30,
    means={"card": FEW},
    texts={},
    zones={"DE01": "Europe/Berlin"},
    calendars={"DE01": BusinessCalendar("DE")},
)
MANDATE = Mandate(
    mandate_id=UUID(int=2),
    customer_id=CUSTOMER,
    legal_entity="DE01",
    agreed=Agreed(1, "en", "", "1", NOW, ""),
    return_url="",
    asked_at=NOW,
    state=MandateState.ACTIVE,
    means=CARD,
)
MINORS = st.integers(min_value=0, max_value=10**9)


def autopay(limit_minor: int = 10**12) -> Autopay:
    return Autopay(CUSTOMER, "EUR", limit_minor, 1, "1", NOW)


def charge(*minors: int) -> Charge:
    items = [Item(UUID(int=n), str(n), minor, (1,)) for n, minor in enumerate(minors, 10)]
    return Charge(
        *(UUID(int=3), CUSTOMER, "DE01", "EUR", items, TODAY, UUID(int=4), NOW, CARD),
    )


def standing(due: dict[UUID, int], *, limit_minor: int = 10**12) -> Standing:
    announced_on = TODAY - timedelta(days=3)
    return Standing(MANDATE, autopay(limit_minor), announced_on, due, {})


def made(one: Charge, at: Standing, telling: Telling | None = None) -> int:
    """What is charged, in minor units."""
    payment = make_charge(telling or Telling(), one, at, RAILS, today=TODAY, until=NOW, moment=NOW)
    return 0 if payment is None else payment.minor


class TestCharge:
    @given(
        st.lists(
            st.tuples(st.integers(min_value=1, max_value=10**9), MINORS), min_size=1, max_size=9
        ),
        st.integers(min_value=1, max_value=10**10),
    )
    def test_is_never_above_what_was_announced_is_due_or_may_be(
        self, parts: Sequence[tuple[int, int]], limit: int
    ) -> None:
        one, telling = charge(*(minor for minor, _ in parts)), Telling()
        due = {UUID(int=n): now for n, (_, now) in enumerate(parts, 10)}

        minor = made(one, standing(due, limit_minor=limit), telling)

        assert minor <= min(one.minor, sum(due.values()), limit)
        assert (minor == 0) == (one.state is State.DROPPED) == (len(telling.told) == 1)
        if limit >= one.minor:
            assert minor == sum(min(announced, now) for announced, now in parts)

    @pytest.mark.parametrize(
        ("changed", "why"),
        [
            ({"mandate": None}, Why.MANDATE_ENDED),
            ({"autopay": None}, Why.AUTOPAY_OFF),
            (
                {"autopay": Autopay(CUSTOMER, "EUR", 10**9, 1, "1", NOW, off_at=NOW)},
                Why.AUTOPAY_OFF,
            ),
            ({"autopay": Autopay(CUSTOMER, "USD", 10**9, 1, "1", NOW)}, Why.AUTOPAY_OFF),
            ({"announced_on": None}, Why.NOT_ANNOUNCED),
            ({"announced_on": TODAY - timedelta(days=2)}, Why.NOT_ANNOUNCED),
            ({"due": {}}, Why.NOTHING_DUE),
            ({"attempts": {UUID(int=10): [TODAY] * 4}}, Why.TOO_OFTEN),
        ],
    )
    def test_is_dropped_with_a_reason(self, changed: dict[str, object], why: Why) -> None:
        one, telling = charge(100), Telling()
        at = standing({UUID(int=10): 100})._replace(**changed)  # type: ignore[arg-type]

        assert made(one, at, telling) == 0
        assert one.why == why
        (said,) = [each.fact for each in telling.told]
        assert isinstance(said, told.ChargeDropped)
        assert said.reason.value == why.value

    def test_each_attempt_has_a_name_of_its_own_and_the_same_one_the_same(self) -> None:
        first, again = charge(100), charge(100)
        for one in (first, again):
            one.claim(MANDATE.mandate_id, CARD, until=NOW)
        name = first.payment_id
        assert name == again.payment_id
        first.postpone(TODAY, held_until=TODAY)
        first.claim(MANDATE.mandate_id, CARD, until=NOW)

        assert first.payment_id != name

    def test_money_that_came_counts_in_every_state(self) -> None:
        for state in set(State) - {State.PAID}:
            one = charge(100)
            one.state = state
            assert one.end(State.PAID, None, moment=NOW)

    def test_speaks_as_the_contract_does(self) -> None:
        assert {one.value for one in State} == {one.value for one in told.ChargeState}
        assert {one.value for one in Why} == {one.value for one in told.DropReason}
        assert ours.ANNOUNCED_ANEW.isdisjoint({Why.STOPPED, Why.TOO_OFTEN})


class TestRails:
    @given(
        st.lists(
            st.sampled_from(["insufficient_funds", "generic_decline", "stolen_card", *SOFT]),
            min_size=1,
            max_size=60,
        )
    )
    def test_no_invoice_is_tried_more_than_four_times_in_thirty_days(
        self, codes: Sequence[str]
    ) -> None:
        day, tried = TODAY, [TODAY]
        for code in codes:
            again = RAILS.retry_on(Decline(code), tried, "card", "DE01", today=day)
            if again is None:
                break
            assert (again - day).days >= FEW.days_between
            day = again
            tried.append(day)

        for one in tried:
            assert sum(one <= other < one + timedelta(days=30) for other in tried) <= 4

    @given(st.lists(st.integers(min_value=0, max_value=90), max_size=20), st.integers(0, 120))
    def test_room_is_what_the_last_thirty_days_leave(self, ago: Sequence[int], days: int) -> None:
        today = TODAY + timedelta(days=days)
        tried = [TODAY + timedelta(days=one) for one in ago]

        lately = [one for one in tried if one > today - timedelta(days=30)]
        assert RAILS.has_room(tried, "card", today=today) == (len(lately) < 4)

    @pytest.mark.parametrize("code", sorted(DO_NOT_RETRY | SOFT))
    def test_what_the_bank_forbids_or_wants_of_the_payer_is_not_tried_again(
        self, code: str
    ) -> None:
        assert RAILS.retry_on(Decline(code), [TODAY], "card", "DE01", today=TODAY) is None

    @given(st.dates(date(2026, 1, 1), date(2027, 12, 31)))
    def test_a_charge_is_on_a_working_day_announced_days_before(self, due_on: date) -> None:
        charge_on = RAILS.charge_on(due_on, "card", "DE01", today=TODAY)

        assert BusinessCalendar("DE").is_business_day(charge_on)
        assert charge_on >= due_on
        assert RAILS.in_time(TODAY, charge_on, "card")

    @given(st.dates(date(2026, 1, 1), date(2027, 12, 31)))
    def test_what_is_overdue_is_announced_at_once_before_easter_too(self, today: date) -> None:
        charge_on = RAILS.charge_on(today - timedelta(days=21), "card", "DE01", today=today)

        assert RAILS.announces(charge_on, "card", "DE01", today=today)
        later = charge_on + timedelta(days=7)
        assert not RAILS.announces(later, "card", "DE01", today=today)

    def test_an_account_in_america_is_tried_again_for_two_reasons_alone(self) -> None:
        rails = load_autopay_rails(POLICIES / "autopay.yaml", None)
        kind = "us_bank_account"
        for code, tries in (("R01", 3), ("R09", 3), ("R02", 1), ("R10", 1), ("unknown", 1)):
            day, tried = TODAY, [TODAY]
            while again := rails.retry_on(Decline(code), tried, kind, "DE01", today=day):
                tried.append(day := again)
            assert (code, len(tried)) == (code, tries)
            assert tried[-1] - tried[0] < timedelta(days=180)


class TestDue:
    @given(
        st.lists(st.tuples(MINORS, st.integers(1, 3)), min_size=1, max_size=6),
        MINORS,
        MINORS,
    )
    def test_never_more_than_is_open_or_not_spoken_for(
        self, minors: Sequence[tuple[int, int]], spoken: int, in_the_books: int
    ) -> None:
        one = UUID(int=7)
        parts = [
            DuePart(one, "7", "DE01", "EUR", number, TODAY, minor)
            for number, (minor, _) in enumerate(minors, 1)
        ]
        whole = sum(minor for minor, _ in minors)
        due = Due(parts, {one: whole}, {one: spoken})

        free = sum(part.open_minor for part in due.free())
        assert free == max(whole - spoken, 0)
        numbers = [part.number for part in parts]
        chargeable = due.chargeable(one, numbers, open_minor=in_the_books)
        assert 0 <= chargeable <= max(min(in_the_books, whole) - spoken, 0)

    @given(st.lists(st.integers(min_value=1, max_value=10**6), max_size=12), st.integers(1, 10**7))
    def test_no_announcement_is_above_the_limit_and_none_is_made_twice(
        self, minors: Sequence[int], limit: int
    ) -> None:
        parts = [
            DuePart(UUID(int=n), str(n), "DE01", "EUR", 1, TODAY, minor)
            for n, minor in enumerate(minors)
        ]
        due = Due(parts, {one.invoice_id: one.open_minor for one in parts}, {})
        terms, charges = Terms(autopay(limit), CARD, RAILS), list[Charge]()
        for _ in range(len(minors) + 1):
            charges += announce_charges(Telling(), due, charges, terms, moment=NOW)

        assert all(one.minor <= limit for one in charges)
        spoken = [item.invoice_id for one in charges for item in one.items]
        assert len(spoken) == len(set(spoken)) == sum(minor <= limit for minor in minors)


class TestMandate:
    def test_ends_once_and_is_never_saved_afterwards(self) -> None:
        saved = Saved("cs_1", "", "pm_1", CARD)
        for to in (MandateState.WITHDRAWN, MandateState.REPLACED):
            one = Mandate(UUID(int=2), CUSTOMER, "DE01", MANDATE.agreed, "", NOW)
            assert one.end(to, "customer", moment=NOW)
            assert not one.end(to, "customer", moment=NOW)
            assert not one.save(saved, moment=NOW)
            assert one.state is to


class TestFile:
    def test_is_as_shipped_and_in_both_languages(self) -> None:
        rails = load_autopay_rails(POLICIES / "autopay.yaml", None)

        assert set(rails.texts) == {"en", "de"}
        assert rails.means["sepa_debit"].announce_days >= 2
        assert (rails.means["card"].attempts_max, rails.means["card"].within_days) == (4, 30)

    def test_the_words_promise_no_more_days_than_the_rails_keep(self) -> None:
        rails = load_autopay_rails(POLICIES / "autopay.yaml", None)

        for kind, word in (("card", "card"), ("sepa_debit", "bank account")):
            days = rails.means[kind].announce_days
            assert f"{days} days before for a {word}" in rails.texts["en"].text
            assert f"{days} Tage vorher" in rails.texts["de"].text

    @pytest.mark.parametrize(
        "change",
        [
            {"early_days": -1},
            {"means": {}},
            {"means": {"cheque": {}}},
            {"text_version": 99},
            {"unknown": 1},
            {"look_at": "25:00"},
        ],
    )
    def test_a_wrong_one_is_refused_whole(self, tmp_path: Path, change: dict[str, object]) -> None:
        shipped = yaml.safe_load((POLICIES / "autopay.yaml").read_text())
        (tmp_path / "autopay.yaml").write_text(yaml.safe_dump(shipped | change))

        with pytest.raises(RailsFileUnreadable):
            load_autopay_rails(tmp_path / "autopay.yaml", None)
