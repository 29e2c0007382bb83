"""The last look: what may leave, what is left to say, and why the rest is silent."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from notifier.domain.budget import ContactDay
from notifier.domain.contact import Channel
from notifier.domain.customer import ErpHold, Hold
from notifier.domain.invoice import Credit, InvoiceHold
from notifier.domain.last_look import look_last
from notifier.domain.message import Purpose
from notifier.domain.sending import Mode, Sending
from notifier.domain.silence import Facts, Silence
from notifier.domain.verdict import Speak, Verdict, Wait


@pytest.fixture
def look(make: Any) -> Any:
    """Look at the usual reminder, with these facts changed."""

    def at(
        facts: Facts | None = None, brief: Any = None, now: datetime | None = None, **changes: Any
    ) -> Verdict:
        seen = replace(facts or make.facts(), **changes)
        return look_last(make.message(brief), seen, now=now or make.now)

    return at


def reason(verdict: Verdict) -> str:
    assert not isinstance(verdict, Speak), "it speaks"
    return verdict.reason


class TestWhatIsLeft:
    def test_says_the_open_amount_of_now(self, make: Any, look: Any) -> None:
        spoken = look(make.facts(make.invoice(minor=4_200)))

        assert isinstance(spoken, Speak)
        assert [one.minor for one in spoken.asked] == [4_200]
        assert spoken.purpose is Purpose.REMINDER

    def test_settled_items_drop_out_and_none_is_added(self, make: Any, look: Any) -> None:
        facts = make.facts(make.invoice("R1", 0), make.invoice("R2"), make.invoice("R3"))

        spoken = look(facts, make.brief(("R1", make.friendly), ("R2", make.friendly)))

        assert [one.invoice.invoice_number for one in spoken.asked] == ["R2"]

    def test_takes_the_firmest_step_that_is_left(self, make: Any, look: Any) -> None:
        brief = make.brief(("R1", make.firm), ("R2", make.friendly), step=make.firm)

        assert look(make.facts(make.invoice("R1"), make.invoice("R2")), brief).step == make.firm
        assert (
            look(make.facts(make.invoice("R1", 0), make.invoice("R2")), brief).step == make.friendly
        )

    def test_is_never_firmer_than_the_cap(self, make: Any, look: Any) -> None:
        brief = make.brief(("R1", make.firm), firmest_step_max=1)

        assert look(brief=brief).step == make.friendly

    def test_what_is_not_yet_due_is_a_courtesy(self, make: Any, look: Any) -> None:
        spoken = look(make.facts(make.invoice(due_on=date(2026, 4, 25))))

        assert spoken.purpose is Purpose.COURTESY

    @pytest.mark.parametrize(
        ("changes", "why"),
        [
            ({"minor": 0}, "settled"),
            ({"due_on": None}, "not-due"),
            ({"status": "cancelled"}, "cancelled"),
            ({"payment_method": "direct-debit"}, "direct-debit"),
            ({"holds": (InvoiceHold("disputed"),)}, "invoice-held"),
        ],
    )
    def test_names_the_reason_when_nothing_is_left(
        self, make: Any, look: Any, changes: dict[str, Any], why: str
    ) -> None:
        assert reason(look(make.facts(make.invoice(**changes)))) == why

    def test_a_direct_debit_that_came_back_is_asked_for(self, make: Any, look: Any) -> None:
        assert isinstance(
            look(make.facts(make.invoice(payment_method="direct-debit", returned=True))), Speak
        )

    def test_a_business_is_asked_for_the_undisputed_rest(self, make: Any, look: Any) -> None:
        facts = make.facts(make.invoice(holds=(InvoiceHold("damaged", 2_500),)))

        assert [one.minor for one in look(facts).asked] == [7_500]

    def test_a_consumer_s_dispute_stops_the_whole_debt(self, make: Any, look: Any) -> None:
        facts = make.facts(make.invoice(holds=(InvoiceHold("damaged", 2_500),)))

        assert reason(look(facts, customer=make.customer(kind="consumer"))) == "invoice-held"

    def test_a_hold_of_the_erp_ends_after_its_last_day(self, make: Any, look: Any) -> None:
        facts = make.facts(make.invoice(holds=(InvoiceHold("talks", until=date(2026, 4, 19)),)))

        assert isinstance(look(facts), Speak)


class TestUnappliedCash:
    def credit(self, make: Any, minor: int, **changes: Any) -> Credit:
        made = Credit(make.id("P"), make.customer().customer_id, 1, "DE01", "EUR", minor)
        return replace(made, **changes)

    def test_that_covers_what_is_overdue_silences(self, make: Any, look: Any) -> None:
        assert reason(look(credits=[self.credit(make, 10_000)])) == "covered-by-unapplied"

    @pytest.mark.parametrize(
        "changes", [{"unapplied_minor": 9_999}, {"currency": "USD"}, {"legal_entity": "GB01"}]
    )
    def test_that_does_not_cover_it_is_never_netted(
        self, make: Any, look: Any, changes: dict[str, Any]
    ) -> None:
        spoken = look(credits=[self.credit(make, 10_000, **changes)])

        assert [one.minor for one in spoken.asked] == [10_000]

    def test_counts_against_everything_overdue_there_listed_or_not(
        self, make: Any, look: Any
    ) -> None:
        facts = make.facts(make.invoice("R1"), make.invoice("R2"))

        assert isinstance(look(facts, credits=[self.credit(make, 10_000)]), Speak)


class TestSilence:
    @pytest.mark.parametrize(
        ("changes", "why"),
        [
            ({"doubts": ("conflict",)}, "erp-data-incomplete"),
            ({"known": False}, "customer-unknown"),
            ({"kind": "intercompany"}, "intercompany"),
            ({"status": "deleted"}, "customer-deleted"),
            ({"erp_holds": (ErpHold("talks"),)}, "erp-hold"),
            ({"contacts": ()}, "no-contact"),
        ],
    )
    def test_of_the_customer(self, make: Any, look: Any, changes: dict[str, Any], why: str) -> None:
        assert reason(look(customer=make.customer(**changes))) == why

    @pytest.mark.parametrize(
        ("changes", "silent"),
        [
            ({}, True),
            ({"legal_entity": "DE01"}, True),
            ({"legal_entity": "GB01"}, False),
            ({"invoice_id": "R1"}, True),
            ({"invoice_id": "R2"}, False),
            ({"until": datetime(2026, 4, 20, 8, tzinfo=UTC)}, False),
            ({"ended_at": datetime(2026, 4, 19, tzinfo=UTC)}, False),
        ],
    )
    def test_of_a_hold_reaches_as_far_as_its_scope(
        self, make: Any, look: Any, changes: dict[str, Any], silent: bool
    ) -> None:
        if "invoice_id" in changes:
            changes = {"invoice_id": make.id(changes["invoice_id"])}
        hold = replace(
            Hold(make.id("H"), make.customer().customer_id, 1, "hardship", make.now), **changes
        )

        verdict = look(holds=[hold])

        assert (reason(verdict) == "hardship-hold") if silent else isinstance(verdict, Speak)

    def test_when_the_contact_day_has_passed(self, make: Any, look: Any) -> None:
        assert reason(look(now=make.now + timedelta(days=3))) == "contact-day-passed"

    def test_says_settled_rather_than_too_late(self, make: Any, look: Any) -> None:
        assert (
            reason(look(make.facts(make.invoice(minor=0)), now=make.now + timedelta(days=3)))
            == "settled"
        )


class TestBudget:
    def test_a_reminder_within_the_gap_is_silenced(self, look: Any) -> None:
        days = [ContactDay(date(2026, 4, 6), overdue=True)]

        assert look(contact_days=days) == Silence("contact-budget", "budget.gap")

    def test_after_the_gap_it_speaks(self, look: Any) -> None:
        assert isinstance(look(contact_days=[ContactDay(date(2026, 4, 5), overdue=True)]), Speak)

    def test_the_same_day_is_one_contact(self, look: Any) -> None:
        assert isinstance(look(contact_days=[ContactDay(date(2026, 4, 20), overdue=True)]), Speak)

    def test_a_courtesy_needs_no_gap(self, make: Any, look: Any) -> None:
        facts = make.facts(make.invoice(due_on=date(2026, 4, 25)))

        assert isinstance(
            look(facts, contact_days=[ContactDay(date(2026, 4, 19), overdue=True)]), Speak
        )

    def test_at_most_three_days_in_seven(self, make: Any, look: Any) -> None:
        facts = make.facts(make.invoice(due_on=date(2026, 4, 25)))
        days = [ContactDay(date(2026, 4, day), overdue=False) for day in (14, 16, 18)]

        assert look(facts, contact_days=days) == Silence("contact-budget", "budget.days-in-7")


class TestHours:
    def test_waits_for_the_plan_s_hours(self, make: Any, look: Any) -> None:
        early = datetime(2026, 4, 20, 6, tzinfo=UTC)

        verdict = look(now=early)

        assert isinstance(verdict, Wait)
        assert verdict.until == make.brief().not_before

    def test_a_consumer_in_an_unknown_place_waits_until_it_is_fine_everywhere(
        self, make: Any, look: Any
    ) -> None:
        customer = make.customer(kind="consumer", country="US", time_zone=None)
        brief = make.brief(not_after=datetime(2026, 4, 21, 2, tzinfo=UTC))

        verdict = look(customer=customer, brief=brief)

        assert isinstance(verdict, Wait)
        assert verdict.until is not None
        assert verdict.until > datetime(2026, 4, 20, 17, tzinfo=UTC)

    def test_a_day_that_never_becomes_fine_is_silent(self, make: Any, look: Any) -> None:
        customer = make.customer(kind="consumer", country="US", time_zone=None)

        assert reason(look(customer=customer)) == "outside-sending-hours"


class TestRoad:
    def test_the_billing_contact_comes_first_and_then_what_that_person_prefers(
        self, make: Any, look: Any
    ) -> None:
        boss = make.contact(contact_id="0", role="decision-maker", email="boss@blue.example")
        anna = make.contact(preferred_channel=Channel.SMS)

        spoken = look(customer=make.customer(contacts=(boss, anna)))

        assert (spoken.route.contact_id, spoken.route.channel) == ("1", Channel.SMS)

    def test_an_opted_out_channel_is_left_for_the_next(self, make: Any, look: Any) -> None:
        customer = make.customer(contacts=(make.contact(opted_out=(Channel.EMAIL,)),))

        assert look(customer=customer).route.channel is Channel.SMS

    def test_who_opted_out_everywhere_is_silent(self, make: Any, look: Any) -> None:
        stopped = {(Channel.EMAIL, "anna@blue.example"), (Channel.SMS, "+491701234567")}

        assert reason(look(opted_out=stopped)) == "opted-out"

    def test_a_mailbox_closed_to_reminders_is_closed_for_all_who_share_it(
        self, make: Any, look: Any
    ) -> None:
        anna = make.contact(no_reminders_by=(Channel.EMAIL,))
        ben = make.contact(contact_id="2", phone=None, email="Anna@Blue.example")
        eve = make.contact(contact_id="3", phone=None, email="eve@blue.example")

        assert look(customer=make.customer(contacts=(anna, ben))).route.channel is Channel.SMS
        by_mail = make.brief(channels=(Channel.EMAIL,))
        both, three = (make.customer(contacts=some) for some in ((anna, ben), (anna, ben, eve)))
        assert reason(look(brief=by_mail, customer=both)) == "opted-out"
        assert look(brief=by_mail, customer=three).route.contact_id == "3"

    def test_a_channel_outside_the_plan_is_never_used(self, make: Any, look: Any) -> None:
        customer = make.customer(contacts=(make.contact(email=None),))

        assert (
            reason(look(brief=make.brief(channels=(Channel.EMAIL,)), customer=customer))
            == "no-contact"
        )

    def test_a_road_that_failed_is_not_taken_again(self, make: Any) -> None:
        message = make.message(failed_roads=((Channel.EMAIL, "anna@blue.example"),))

        spoken = look_last(message, make.facts(), now=make.now)

        assert isinstance(spoken, Speak)
        assert spoken.route.channel is Channel.SMS

    def test_who_is_not_on_the_allow_list_waits(self, look: Any) -> None:
        verdict = look(sending=Sending(Mode.ALLOW_LIST, ("me@ours.example",)))

        assert verdict == Wait(None, "not-on-allow-list", "sending.allow-list")


class TestParkedRecords:
    @pytest.mark.parametrize("here", [True, False])
    def test_make_the_message_wait(self, make: Any, look: Any, here: bool) -> None:
        verdict = look(parked_here=1) if here else look(customer=make.customer(parked=1))

        assert reason(verdict) == "records-parked"

    def test_but_not_beyond_its_contact_day(self, make: Any, look: Any) -> None:
        last_minute = make.brief().not_after - timedelta(minutes=1)

        verdict = look(parked_here=1, now=last_minute)

        assert isinstance(verdict, Wait)
        assert verdict.until == make.brief().not_after + timedelta(seconds=1)
