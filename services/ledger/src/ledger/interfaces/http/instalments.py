"""How the doors show that an invoice is due in parts."""

from datetime import date

from pydantic import BaseModel

from ledger.domain.due import InstalmentLeft
from shared.base.money import decimal_text


class InstalmentShown(BaseModel):
    """One that has no `due_on` is not due yet, such as a retention."""

    number: int
    due_on: date | None
    amount: str
    open: str
    days_overdue: int


def shown(one: InstalmentLeft, currency: str, today: date) -> InstalmentShown:
    """`today` is the day to which days overdue count."""
    return InstalmentShown(
        number=one.number,
        due_on=one.due_on,
        amount=decimal_text(one.minor, currency),
        open=decimal_text(one.open_minor, currency),
        days_overdue=one.days_overdue(today),
    )
