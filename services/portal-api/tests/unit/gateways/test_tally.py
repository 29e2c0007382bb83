"""What happens to money by the provider is counted, by what came of it and why."""

from collections import Counter

from portal_api.domain.back import MoreBackThanPaid
from portal_api.gateways.tally import count_moves, count_refused
from shared.base.telling import Telling
from shared.contracts import portal_api
from shared.instruments import metrics
from shared.testing.examples import our_examples

MONEY = (portal_api.PaymentEvent, portal_api.ChargeEvent)


def counted() -> Counter[str]:
    lines = metrics.exposition().decode().splitlines()
    return Counter(
        {
            name: int(float(value))
            for name, value in (line.rsplit(" ", 1) for line in lines if line[:1] != "#")
            if name.startswith(("dunwell_payments_total{", "dunwell_charges_total{"))
        }
    )


class TestTally:
    def test_each_fact_of_a_payment_or_charge_is_counted_once_with_its_reason(self) -> None:
        telling, before = Telling(), counted()
        facts = [one for one in our_examples() if isinstance(one, MONEY)]
        for fact in our_examples():
            telling.announce(fact)
        count_moves(telling.told)
        count_refused(MoreBackThanPaid.code)

        new = counted() - before
        assert sum(new.values()) == len(facts) + 1
        assert new['dunwell_payments_total{outcome="confirmed",reason=""}'] == 1
        assert new['dunwell_payments_total{outcome="returned",reason="chargeback"}'] == 1
        assert new['dunwell_payments_total{outcome="declined",reason="insufficient_funds"}'] == 1
        assert new['dunwell_payments_total{outcome="refused",reason="more-back-than-paid"}'] == 1
        assert new['dunwell_charges_total{outcome="announced",reason=""}'] == 1
        assert new['dunwell_charges_total{outcome="failed",reason="expired_card"}'] == 1
