"""Facts of the ledger may come twice, late and in any order: the newest is held."""

from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from disputes.domain.docket import Docket
from disputes.gateways.policy_file import load_rulebook
from disputes.interfaces.consumers import projection
from disputes.interfaces.disputing import Disputing
from shared.base.money import minor_of
from shared.contracts import ledger
from shared.contracts.company import load_company
from shared.testing.examples import CUSTOMER, INVOICE, our_examples

SERVICE, REPOSITORY = Path(__file__).parents[3], Path(__file__).parents[5]
RULEBOOK = load_rulebook(
    SERVICE / "policies/disputes.yaml", load_company(REPOSITORY / "deploy/company/example.yaml")
)
HEARS = projection(Disputing(RULEBOOK)).hears
NOON = datetime(2026, 4, 20, 12, tzinfo=UTC)
ALL = [fact for fact in our_examples() if fact.TOPIC == ledger.TOPIC]
FACTS = [fact for fact in ALL if not isinstance(fact, ledger.DeductionClaimed)]


def hear(*facts: object) -> Docket:
    items = Docket()
    for fact in facts:
        HEARS[type(fact)](items, fact, moment=NOON)
    return items


class TestHolding:
    def test_hears_every_fact_the_ledger_tells(self) -> None:
        assert {type(fact) for fact in ALL} == set(HEARS)

    def test_keeps_the_customer_s_name(self) -> None:
        items = hear(*FACTS)

        assert items.customers[CUSTOMER].name == "Muster Maschinenbau GmbH"

    def test_takes_open_amounts_from_payments_too(self) -> None:
        applied = next(fact for fact in FACTS if isinstance(fact, ledger.PaymentApplied))

        items = hear(applied)

        assert items.invoices[INVOICE].open_minor == 70_000

    def test_more_may_be_open_than_was_invoiced(self) -> None:
        opened = next(fact for fact in FACTS if isinstance(fact, ledger.InvoiceOpened))
        charged = opened.model_copy(update={"open": "1250.00"})

        assert minor_of(opened.total, "EUR") < 125_000
        assert hear(charged).invoices[INVOICE].open_minor == 125_000

    @given(st.permutations(FACTS + FACTS))
    def test_ends_the_same_whatever_the_order(self, facts: list[object]) -> None:
        assert hear(*facts) == hear(*FACTS)
