"""Figures from the doors' answers: what is open and overdue, and how many days of sales that is."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from play.cast.company import ENTITIES, Entity
from play.doors import Item
from play.summary import Dso, Receivables

DSO_WINDOW_DAYS = 28
DSO_FORMULA = f"dso-balance-{DSO_WINDOW_DAYS}d"
"""DSO (balance) = AR at the end ÷ credit sales of the window × days of the window.

AR is account 1200. Credit sales are what accounts 4000, 4020 and 2200 gained in the window: gross of tax, like AR,
and less credit notes.
"""

PAYMENT_CLEARING = "1010"
RECEIVABLES = "1200"
UNAPPLIED_CASH = "2100"
SALES = ("4000", "4020", "2200")
NOT_DUE = "current"

Balances = Mapping[tuple[str, str, str], Decimal]
"""(legal entity, currency, account) → balance, debit positive."""


def receivables_of(aging: Iterable[Item]) -> tuple[Receivables, ...]:
    """Sum an aging by legal entity: everything open, and what of it is past due."""
    open_: dict[str, Decimal] = defaultdict(Decimal)
    overdue: dict[str, Decimal] = defaultdict(Decimal)
    for row in aging:
        for bucket, amount in row["buckets"].items():
            open_[row["legal_entity"]] += Decimal(amount)
            overdue[row["legal_entity"]] += Decimal(0 if bucket == NOT_DUE else amount)

    return tuple(
        Receivables(
            legal_entity=entity.code,
            currency=entity.currency,
            open=f"{open_[entity.code]:.2f}",
            overdue=f"{overdue[entity.code]:.2f}",
        )
        for entity in ENTITIES
    )


def balances_of(trial_balance: Iterable[Item]) -> Balances:
    """A trial balance by legal entity, currency and account."""
    balances: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for row in trial_balance:
        balances[row["legal_entity"], row["currency"], row["account"]] += Decimal(row["balance"])
    return balances


def dso_of(at_end: Balances, at_begin: Balances) -> tuple[Dso, ...]:
    """DSO of each legal entity by the formula above, to one decimal, half up."""
    return tuple(_dso(entity, at_end, at_begin) for entity in ENTITIES)


def week_of(day: date, *, first_day: date) -> int:
    """Weeks are counted from the first day of the play, from 1."""
    return (day - first_day).days // 7 + 1


def _dso(entity: Entity, at_end: Balances, at_begin: Balances) -> Dso:
    sales = sum(_balance(at_begin, entity, a) - _balance(at_end, entity, a) for a in SALES)
    if sales <= 0:
        return Dso(
            legal_entity=entity.code,
            formula_id=DSO_FORMULA,
            days=None,
            reason="nothing was sold in the window",
        )

    days = _balance(at_end, entity, RECEIVABLES) / sales * DSO_WINDOW_DAYS
    rounded = days.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return Dso(legal_entity=entity.code, formula_id=DSO_FORMULA, days=str(rounded))


def _balance(balances: Balances, entity: Entity, account: str) -> Decimal:
    return balances.get((entity.code, entity.currency, account), Decimal(0))
