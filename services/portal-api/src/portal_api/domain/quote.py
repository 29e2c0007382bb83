"""A quote: how a sum can be paid in parts, monthly, and the words of the agreement."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from portal_api.domain.owed import Item
from portal_api.domain.plan import Instalment, Terms
from shared.base.clock import Moment
from shared.base.money import share, split


@dataclass(frozen=True, slots=True)
class Quote:
    """What we would agree on, until `valid_until`."""

    quote_id: UUID
    customer_id: UUID
    terms: Terms
    items: list[Item]
    instalments: list[Instalment]
    made_at: Moment
    valid_until: Moment


def instalments_of(
    minor: int, *, first_on: date, parts: int, deposit_per_cent: int
) -> list[Instalment]:
    """Monthly parts, the same but for the odd cents; where a deposit is more than that, it is the first part."""
    equal = split(minor, [1] * parts)
    deposit = share(minor, deposit_per_cent, 100)
    amounts = equal
    if deposit > equal[0] and parts > 1:
        amounts = [deposit, *split(minor - deposit, [1] * (parts - 1))]
    return [
        Instalment(number, months_after(first_on, number - 1), amount)
        for number, amount in enumerate(amounts, 1)
    ]


def smallest_part(minor: int, parts: int, deposit_per_cent: int) -> int:
    """Of such parts, whether or not it would be a part at all; in minor units."""
    rest = minor - share(minor, deposit_per_cent, 100)
    return min(minor // parts, rest // max(parts - 1, 1))


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of a month that has none such."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
