"""Money: whole minor units with an ISO 4217 currency. No float anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from shared.base.currencies import DECIMALS
from shared.base.errors import Refusal

MINOR_MAX = 10**15
"""Largest amount in minor units that the books take (ERP rule 12)."""
PLAIN_DIGITS_MAX = 15
"""An amount of so many digits is below that, whatever they are."""


class CurrencyUnknown(Refusal):
    code = "currency-unknown"


class AmountNotANumber(Refusal):
    code = "amount-not-a-number"


class AmountTooPrecise(Refusal):
    code = "amount-too-precise"


class AmountTooLarge(Refusal):
    code = "amount-too-large"


class AmountNegative(Refusal):
    code = "amount-negative"


def exponent(currency: str, *, pointer: str = "/currency") -> int:
    """Decimals of the currency's minor unit; refuses codes that ISO 4217 does not list."""
    decimals = DECIMALS.get(currency)
    if decimals is None:
        raise CurrencyUnknown(f"{currency!r} is not an active ISO 4217 code", pointer=pointer)
    return decimals


def minor_of(amount: Decimal | str, currency: str, *, pointer: str = "/amount") -> int:
    """Whole minor units of a decimal amount: `12.30 EUR` → 1230, `12 JPY` → 12. Sign kept; never rounds."""
    decimals = exponent(currency)
    if isinstance(amount, str) and (plain := _plain_digits(amount, decimals)):
        return int(plain)
    try:
        exact = amount if isinstance(amount, Decimal) else Decimal(amount)
    except InvalidOperation:
        raise AmountNotANumber(f"{amount!r} is not a decimal number", pointer=pointer) from None

    if not exact.is_finite():
        raise AmountNotANumber(f"{amount} is not a finite number", pointer=pointer)
    if exact and exact.adjusted() + decimals > 15:
        raise AmountTooLarge(
            f"{exact:.3E} {currency} is above {MINOR_MAX} minor units", pointer=pointer
        )
    minor = int(exact.scaleb(decimals))
    if Decimal(minor).scaleb(-decimals) != exact:  # exact itself: arithmetic rounds to 28 digits
        raise AmountTooPrecise(
            f"{exact} has more than the {decimals} decimals of {currency}", pointer=pointer
        )
    if abs(minor) > MINOR_MAX:
        raise AmountTooLarge(
            f"{exact} {currency} is above {MINOR_MAX} minor units", pointer=pointer
        )
    return minor


def _plain_digits(amount: str, decimals: int) -> str:
    """The digits of an amount as the wire spells it, `12.30` → `1230`; "" for what has to be looked at closely."""
    whole, _, part = amount.partition(".")
    digits = whole + part
    if len(part) == decimals and whole and len(digits) <= PLAIN_DIGITS_MAX and digits.isdecimal():
        return digits if digits.isascii() else ""
    return ""


def decimal_text(minor: int, currency: str) -> str:
    """The decimal string of the wire: 1230 EUR → `"12.30"`, 12 JPY → `"12"`."""
    decimals = exponent(currency)
    if not decimals:
        return str(minor)
    digits = str(minor).zfill(decimals + (2 if minor < 0 else 1))
    return f"{digits[:-decimals]}.{digits[-decimals:]}"


def split(minor: int, weights: Sequence[int]) -> list[int]:
    """Divide by weights; the odd units go to the largest fractions, first come first served. The sum is preserved."""
    whole = sum(weights)
    if whole <= 0:
        raise ValueError("weights must add up to something positive")
    parts = [minor * weight // whole for weight in weights]
    by_fraction = sorted(range(len(weights)), key=lambda i: (-(minor * weights[i] % whole), i))
    for i in by_fraction[: minor - sum(parts)]:
        parts[i] += 1
    return parts


def share(minor: int, part: int, whole: int) -> int:
    """`minor × part ÷ whole`, rounded half up; none of them below zero, and `whole` above it."""
    return (2 * minor * part + whole) // (2 * whole)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount of one currency, in whole minor units."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        exponent(self.currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __str__(self) -> str:
        return f"{decimal_text(self.minor, self.currency)} {self.currency}"

    def _same(self, other: "Money") -> int:
        assert other.currency == self.currency, f"{other} is not in {self.currency}"
        return other.minor
