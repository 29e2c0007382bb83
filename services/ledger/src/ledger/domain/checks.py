"""Checks of amounts and dates that the ERP contract asks for (ERP rule 12)."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from shared.base.errors import Refusal
from shared.base.money import AmountNegative, AmountNotANumber, minor_of

FIRST_DAY = date(1990, 1, 1)
LAST_DAY = date(2100, 12, 31)
EXPONENT_MAX = 308
"""Above a double's range (1e400) an amount is no number any more, it is an overflow."""


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


class CreditAmountMissing(Refusal):
    """An allocation between currencies says one amount only."""

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


def check_due(issued_on: date, due_on: date) -> None:
    """Nothing is due before it was issued."""
    if due_on < issued_on:
        raise DueBeforeIssued(f"due on {due_on}, issued on {issued_on}", pointer="/due_on")


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


def check_instalments(amounts: Sequence[int], total_minor: int) -> None:
    """The instalments of an invoice, where it has some, are its total."""
    if amounts and sum(amounts) != total_minor:
        raise InstalmentsDoNotAddUp(
            f"instalments of {sum(amounts)} are not the total {total_minor} (minor units)",
            pointer="/instalments",
        )


def check_allocations(amounts: Iterable[int], credit_minor: int) -> None:
    """A credit's inline allocations cannot be more than the credit (ERP rule 7)."""
    if (given := sum(amounts)) > credit_minor:
        raise AllocationsExceedCredit(
            f"allocations of {given} exceed the credit of {credit_minor} (minor units)",
            pointer="/allocations",
        )
