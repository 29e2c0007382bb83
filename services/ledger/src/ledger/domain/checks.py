"""Checks of amounts and dates that the ERP contract asks for (ERP rule 12)."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from ledger.domain.terms import Instalment
from shared.base.errors import Refusal
from shared.base.money import AmountNegative, AmountNotANumber, AmountTooLarge, minor_of

FIRST_DAY = date(1990, 1, 1)
LAST_DAY = date(2100, 12, 31)
EXPONENT_MAX = 308
"""Above a double's range (1e400) an amount is no number any more, it is an overflow."""
HUNDRED = Decimal(100)


class DateOutOfRange(Refusal):
    code = "date-out-of-range"


class DueBeforeIssued(Refusal):
    code = "due-before-issued"


class TaxDoesNotAddUp(Refusal):
    code = "tax-does-not-add-up"


class InstalmentsDoNotAddUp(Refusal):
    code = "instalments-do-not-add-up"


class AllocationsExceedCredit(Refusal):
    code = "allocations-exceed-credit"


class FieldMissing(Refusal):
    """A field that is needed because of what others say."""

    code = "field-missing"


class NotYetSupported(Refusal):
    code = "not-yet-supported"


def finite_amount(amount: Decimal, pointer: str) -> Decimal:
    """A finite amount, perhaps below zero."""
    if not amount.is_finite() or amount.adjusted() > EXPONENT_MAX:
        raise AmountNotANumber("the amount is not a finite number", pointer=pointer)
    return amount


def plain_amount(amount: Decimal, pointer: str) -> Decimal:
    """A finite amount of zero or more, in a currency not yet known."""
    if finite_amount(amount, pointer) < 0:
        raise AmountNegative(
            f"{amount} is negative; credits are told as credit notes", pointer=pointer
        )
    return amount


def amount_minor(amount: Decimal, currency: str, pointer: str) -> int:
    """Whole minor units, zero or more."""
    return minor_of(plain_amount(amount, pointer), currency, pointer=pointer)


def day_in_range(day: date, pointer: str) -> date:
    """The day itself; refuses days before 1990 and after 2100."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise DateOutOfRange(f"{day} is not between {FIRST_DAY} and {LAST_DAY}", pointer=pointer)
    return day


def check_due(issued_on: date, due_on: date, pointer: str = "/due_on") -> None:
    """Nothing is due before it was issued."""
    if due_on < issued_on:
        raise DueBeforeIssued(f"due on {due_on}, issued on {issued_on}", pointer=pointer)


def tax_minor(total: int, net: int | None, tax: int | None) -> int:
    """The tax inside a total, in minor units; what is not stated follows from the rest."""
    if net is None and tax is None:
        return 0
    stated = tax if tax is not None else total - (net or 0)
    if (net is not None and net + stated != total) or not 0 <= stated <= total:
        raise TaxDoesNotAddUp(
            f"net {net} + tax {tax} is not the total {total} (minor units)", pointer="/tax"
        )
    return stated


def check_instalments(instalments: Sequence[Instalment], total_minor: int) -> None:
    """The instalments of an invoice, where it has some, are its total, and each number stands for one."""
    whole = sum(one.minor for one in instalments)
    if instalments and whole != total_minor:
        raise InstalmentsDoNotAddUp(
            f"instalments of {whole} are not the total {total_minor} (minor units)",
            pointer="/instalments",
        )
    numbers = [one.number for one in instalments]
    for place, number in enumerate(numbers):
        if number in numbers[:place]:
            raise InstalmentsDoNotAddUp(
                f"number {number} stands twice", pointer=f"/instalments/{place}/number"
            )


def percent_of(percent: Decimal, minor: int, pointer: str) -> int:
    """So many hundredths of an amount, half up; refuses what is no part of it."""
    if plain_amount(percent, pointer) > HUNDRED:
        raise AmountTooLarge(f"{percent} % is more than all", pointer=pointer)
    return int((minor * percent / HUNDRED).to_integral_value(ROUND_HALF_UP))


def check_allocations(amounts: Iterable[int], credit_minor: int) -> None:
    """A credit's inline allocations cannot be more than the credit (ERP rule 7)."""
    if (given := sum(amounts)) > credit_minor:
        raise AllocationsExceedCredit(
            f"allocations of {given} exceed the credit of {credit_minor} (minor units)",
            pointer="/allocations",
        )
