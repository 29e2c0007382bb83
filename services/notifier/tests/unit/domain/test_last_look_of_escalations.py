"""The last look at what people of ours are told: of what is left, beside what is disputed, promised or planned."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from notifier.domain.brief import EscalationBrief, PlannedItem
from notifier.domain.customer import Owner
from notifier.domain.invoice import AmountHold
from notifier.domain.last_look import look_last
from notifier.domain.silence import Silence
from notifier.domain.verdict import Speak


class TestEscalation:
    def brief(self, make: Any) -> EscalationBrief:
        item = PlannedItem(make.id("R1"), make.firm)
        return EscalationBrief("account-owner", "Jonas", "jonas@ours.example", "no answer", (item,))

    def test_reaches_a_person_of_ours_at_any_hour(self, make: Any) -> None:
        night = make.now + timedelta(hours=15)

        spoken = look_last(make.message(self.brief(make)), make.facts(), now=night)

        assert isinstance(spoken, Speak)
        assert spoken.route.address == "jonas@ours.example"

    def test_reaches_the_account_owner_of_now(self, make: Any) -> None:
        facts = make.facts(customer=make.customer(account_owner=Owner("Ida", "ida@ours.example")))

        spoken = look_last(make.message(self.brief(make)), facts, now=make.now)

        assert isinstance(spoken, Speak)
        assert (spoken.route.name, spoken.route.address) == ("Ida", "ida@ours.example")

    def test_is_moot_once_everything_is_paid(self, make: Any) -> None:
        verdict = look_last(
            make.message(self.brief(make)), make.facts(make.invoice(minor=0)), now=make.now
        )

        assert verdict == Silence("settled", "silence.settled")

    @pytest.mark.parametrize("kind", ["dispute", "promise", "plan"])
    def test_names_the_rest_beside_what_is_held(self, make: Any, kind: str) -> None:
        spoken = look_last(make.message(self.brief(make)), held(make, kind, 40_00), now=make.now)

        assert isinstance(spoken, Speak)
        assert [one.minor for one in spoken.asked] == [60_00]

    def test_is_not_told_while_all_is_held(self, make: Any) -> None:
        verdict = look_last(
            make.message(self.brief(make)), held(make, "plan", 100_00), now=make.now
        )

        assert verdict == Silence("invoice-held", "silence.invoice-hold")


def held(make: Any, kind: str, minor: int) -> Any:
    """So much of the invoice, of 100.00, is not asked for."""
    hold = AmountHold(UUID(int=1), make.customer().customer_id, 1, kind, make.id("R1"), None, minor)
    return make.facts(make.invoice(amount_holds=(hold,)))
