"""What happens to money by the provider, in the metrics: how payments moved and charges went on, and why."""

from collections.abc import Iterable, Mapping
from typing import Final

from shared.base.telling import Told
from shared.contracts import portal_api as told
from shared.contracts.event import Event
from shared.instruments import metrics

REFUSED: Final = "refused"
"""Of what the provider says of money that cannot be: nothing is booked, and somebody has to look."""
_FROM_NOTHING: Final[Mapping[str, tuple[type[Event], ...]]] = {
    "payments": (told.PaymentConfirmed, told.PaymentDeclined, told.PaymentReturned),
    "charges": (told.ChargeAnnounced, told.ChargePostponed, told.ChargeDropped),
}


def begin_counts() -> None:
    """Count from nothing where money is taken: what a rate first sees at one, it takes for no increase."""
    for name, facts in _FROM_NOTHING.items():
        for fact in facts:
            metrics.count(name, 0, outcome=_outcome(fact), reason="")
    metrics.count("payments", 0, outcome=REFUSED, reason="")


def count_moves(facts: Iterable[Told]) -> None:
    """Count what was told of payments and charges."""
    for one in facts:
        if isinstance(one.fact, told.PaymentEvent):
            _count("payments", one.fact, _why_of_payment(one.fact))
        elif isinstance(one.fact, told.ChargeEvent):
            _count("charges", one.fact, _why_of_charge(one.fact))


def count_refused(code: str) -> None:
    """Count a word of the provider's that was refused for good."""
    metrics.count("payments", outcome=REFUSED, reason=code)


def _count(name: str, fact: Event, reason: str) -> None:
    metrics.count(name, outcome=_outcome(type(fact)), reason=reason)


def _outcome(fact: type[Event]) -> str:
    return fact.TYPE.split(".")[2]


def _why_of_payment(fact: told.PaymentEvent) -> str:
    if isinstance(fact, told.PaymentBackEvent):
        return fact.return_reason.value
    return fact.decline.code if fact.decline else ""


def _why_of_charge(fact: told.ChargeEvent) -> str:
    if isinstance(fact, told.ChargePostponed | told.ChargeFailed):
        return fact.decline.code
    return fact.reason.value if isinstance(fact, told.ChargeDropped) else ""
