"""The day of a charge has come: it is made of what is due now, never more than announced; or dropped, with a reason."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from portal_api.domain.autopay import Autopay, AutopayRails
from portal_api.domain.charge import Charge, Why
from portal_api.domain.mandate import Mandate
from portal_api.domain.payment import Item, Payment
from portal_api.handlers.drop_charge import drop_charge
from shared.base.clock import Moment
from shared.base.telling import Telling


class Standing(NamedTuple):
    """What counts at this moment. `announced_on`: the day on which the announcement left, None if it did not; `due`:
    what may be charged of each item's invoice; `attempts`: the days on which autopay tried it.
    """

    mandate: Mandate | None
    autopay: Autopay | None
    announced_on: date | None
    due: Mapping[UUID, int]
    attempts: Mapping[UUID, Sequence[date]]


def make_charge(
    telling: Telling,
    charge: Charge,
    standing: Standing,
    rails: AutopayRails,
    *,
    today: date,
    until: Moment,
    moment: Moment,
) -> Payment | None:
    """The attempt, claimed `until` then by the machine's clock; None when the charge is dropped. `today` is the legal
    entity's.
    """
    mandate = standing.mandate
    items, why = wanted(charge, standing, rails, today=today)
    if why is not None or mandate is None or mandate.means is None:
        drop_charge(telling, charge, why or Why.MANDATE_ENDED, moment=moment)
        return None

    charge.claim(mandate.mandate_id, mandate.means, until=until)

    assert charge.payment_id is not None, "a claimed charge has an attempt"
    return Payment(
        payment_id=charge.payment_id,
        customer_id=charge.customer_id,
        legal_entity=charge.legal_entity,
        currency=charge.currency,
        items=items,
        return_url="",
        asked_at=moment,
        charge_id=charge.charge_id,
    )


def wanted(
    charge: Charge, standing: Standing, rails: AutopayRails, *, today: date
) -> tuple[list[Item], Why | None]:
    """What would be charged now, and what is against it."""
    mandate, autopay = standing.mandate, standing.autopay
    if mandate is None or mandate.means is None:
        return [], Why.MANDATE_ENDED
    if autopay is None or not autopay.is_on or autopay.currency != charge.currency:
        return [], Why.AUTOPAY_OFF
    kind, announced_on = mandate.means.kind, standing.announced_on
    if charge.attempts == 0 and (
        announced_on is None or not rails.in_time(announced_on, charge.charge_on, kind)
    ):
        return [], Why.NOT_ANNOUNCED
    due = [one for one in _due(charge, standing) if one.minor]
    if not due or (charge.attempts and rails.means[kind].same_amount and _sum(due) != charge.minor):
        return [], Why.NOTHING_DUE
    may = [
        one
        for one in due
        if rails.has_room(standing.attempts.get(one.invoice_id, ()), kind, today=today)
    ]
    items = [*_within(may, autopay.limit_minor)]
    if may and not items:
        return [], Why.AUTOPAY_OFF
    return items, None if items else Why.TOO_OFTEN


def _due(charge: Charge, standing: Standing) -> Iterator[Item]:
    for one in charge.items:
        minor = min(one.minor, max(standing.due.get(one.invoice_id, 0), 0))
        yield Item(one.invoice_id, one.invoice_number, minor)


def _within(items: Sequence[Item], limit_minor: int) -> Iterator[Item]:
    """Whole items, as far as the limit of now goes."""
    for one in items:
        if one.minor <= limit_minor:
            limit_minor -= one.minor
            yield one


def _sum(items: Sequence[Item]) -> int:
    return sum(one.minor for one in items)
