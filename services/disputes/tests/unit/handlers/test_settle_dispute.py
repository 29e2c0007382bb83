"""What was upheld is settled once every credit of that decision stands."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from disputes.domain.dispute import Dispute, Outcome, Proposal, Reason
from disputes.domain.docket import Docket
from disputes.domain.item import Item
from disputes.domain.move import Actor, Move, State
from disputes.gateways.policy_file import load_rulebook
from disputes.handlers.settle_dispute import settle_dispute, unsettle_dispute
from shared.base.ids import CreditName
from shared.contracts.company import load_company

AT = datetime(2026, 4, 20, 9, tzinfo=UTC)
ID = UUID(int=9)
HOME = Path(__file__).parents[3]
RULEBOOK = load_rulebook(
    HOME / "policies/disputes.yaml", load_company(HOME.parents[1] / "deploy/company/example.yaml")
)


@pytest.fixture
def docket() -> Docket:
    """Of three items the first and the last were upheld, in the third version."""
    items = [Item(UUID(int=n), f"R{n}", 100_00) for n in (1, 2, 3)]
    dispute = Dispute(ID, UUID(int=8), "DE01", "EUR", Reason.PRICE, items, "billing")
    for state in (State.OPENED, State.ACKNOWLEDGED):
        dispute.move(Move(state, AT, Actor.STAFF, "ada", "because"))
    proposal = Proposal(Outcome.PARTLY_UPHELD, (100_00, 0, 50_00), "ada", "true", "You are right.")
    dispute.decide(proposal, Move(State.RESOLVED, AT, Actor.STAFF, "ada", "true"), approved_by=None)
    made = Docket()
    made.disputes[ID] = dispute
    return made


def told(docket: Docket, *places: int, version: int = 3) -> list[str]:
    for place in places:
        settle_dispute(docket, CreditName(ID, version, place), rulebook=RULEBOOK, moment=AT)
    return [type(one.fact).__name__ for one in docket.told]


class TestSettling:
    def test_waits_for_all_that_was_upheld(self, docket: Docket) -> None:
        assert told(docket, 2) == []
        assert docket.changed[ID].held_minor(docket.changed[ID].items[0]) == 100_00
        assert told(docket, 0) == ["DisputeSettled"]
        assert docket.changed[ID].held_minor(docket.changed[ID].items[0]) == 0

    def test_is_told_once(self, docket: Docket) -> None:
        assert told(docket, 0, 2, 2, 0) == ["DisputeSettled"]

    @pytest.mark.parametrize(("place", "version"), [(3, 3), (0, 2), (0, 4), (-1, 3)])
    def test_hears_only_its_own_credits(self, docket: Docket, place: int, version: int) -> None:
        assert told(docket, 2, place, version=version) == []
        assert (docket.changed == {}) is (version != 3)

    def test_of_a_dispute_that_is_not_there(self, docket: Docket) -> None:
        settle_dispute(docket, CreditName(UUID(int=7), 3, 0), rulebook=RULEBOOK, moment=AT)
        assert docket.changed == {}


class TestPutBack:
    def test_holds_no_more_than_is_not_taken_off(self, docket: Docket) -> None:
        told(docket, 0, 2)

        unsettle_dispute(docket, CreditName(ID, 3, 2), rulebook=RULEBOOK, moment=AT)

        dispute = docket.changed[ID]
        assert [dispute.held_minor(one) for one in dispute.items] == [0, 0, 50_00]
