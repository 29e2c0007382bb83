"""What falls due soon is announced: per legal entity and day one charge, with no more than the customer's limit."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from portal_api.domain.autopay import Autopay, AutopayRails
from portal_api.domain.charge import ANNOUNCED_ANEW, Charge, Item, State
from portal_api.domain.due import Due, DuePart
from portal_api.domain.mandate import Means
from portal_api.handlers.tell_charge import tell_charge
from shared.base.clock import Moment
from shared.base.days import local_day
from shared.base.ids import derived_id
from shared.base.telling import Telling
from shared.contracts import portal_api as told

ITEMS_MAX = 50
"""Of one charge; what does not fit in is announced at the next look."""


class Terms(NamedTuple):
    """How far autopay may go, with which means, and our rails."""

    autopay: Autopay
    means: Means
    rails: AutopayRails


def announce_charges(
    telling: Telling,
    due: Due,
    charges: Sequence[Charge],
    terms: Terms,
    *,
    moment: Moment,
) -> list[Charge]:
    """New charges, each told. `charges`: all that were announced before; what they speak of is not announced again."""
    means, customer_id = terms.means, terms.autopay.customer_id
    taken = set(_taken(charges))
    free = [one for one in due.free() if (one.invoice_id, one.number) not in taken]

    days = [*_days(free, terms, moment=moment)]
    made: list[Charge] = []
    for (legal_entity, charge_on), parts in groupby(sorted(days, key=_key), key=_key):
        items = _items([part for _, part in parts], terms.autopay.limit_minor)
        if items:
            place = len(charges) + len(made)
            charge_id = derived_id("charge", customer_id, place)
            charge = Charge(
                charge_id=charge_id,
                customer_id=customer_id,
                legal_entity=legal_entity,
                currency=terms.autopay.currency,
                items=items,
                charge_on=charge_on,
                announcement_id=derived_id("message", charge_id),
                announced_at=moment,
                means=means,
            )
            made.append(charge)

    for charge in made:
        tell_charge(telling, charge, told.ChargeAnnounced, moment=moment)
    return made


def _taken(charges: Iterable[Charge]) -> Iterator[tuple[UUID, int]]:
    for charge in charges:
        if charge.state is State.DROPPED and charge.why in ANNOUNCED_ANEW:
            continue
        for item in charge.items:
            yield from ((item.invoice_id, number) for number in item.numbers)


def _days(
    free: Iterable[DuePart],
    terms: Terms,
    *,
    moment: Moment,
) -> Iterator[tuple[date, DuePart]]:
    """What is to be announced now, with the day of its charge."""
    rails, kind = terms.rails, terms.means.kind
    for part in free:
        today = local_day(moment, rails.zone(part.legal_entity))
        charge_on = rails.charge_on(part.due_on, kind, part.legal_entity, today=today)
        if part.currency == terms.autopay.currency and rails.announces(
            charge_on, kind, part.legal_entity, today=today
        ):
            yield charge_on, part


def _key(found: tuple[date, DuePart]) -> tuple[str, date]:
    return found[1].legal_entity, found[0]


def _items(parts: Iterable[DuePart], limit_minor: int) -> list[Item]:
    """Oldest due first, whole parts, as far as the limit goes; parts of one invoice are one item."""
    items: dict[UUID, Item] = {}
    left = limit_minor
    for part in parts:
        is_new = part.invoice_id not in items
        if part.open_minor > left or (is_new and len(items) == ITEMS_MAX):
            continue
        left -= part.open_minor
        item = items.get(part.invoice_id, Item(part.invoice_id, part.invoice_number, 0, ()))
        minor, numbers = item.minor + part.open_minor, (*item.numbers, part.number)
        items[part.invoice_id] = item._replace(minor=minor, numbers=numbers)
    return list(items.values())
