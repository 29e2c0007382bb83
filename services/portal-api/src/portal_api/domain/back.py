"""What has gone back of a payment, all in all, as the provider has it now."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from shared.base.errors import Refusal


class Why(StrEnum):
    """Why money went back. Of several the first here is told, for it says most of the payer."""

    CHARGEBACK = "chargeback"
    BANK_RETURN = "bank-return"
    REFUND = "refund"


RANKS: Final[Mapping[Why, int]] = {one: place for place, one in enumerate(Why)}


class MoreBackThanPaid(Refusal):
    """The provider says that more went back than was paid: nothing is moved, and somebody has to look."""

    code, status = "more-back-than-paid", 422


class BackCurrencyDiffers(Refusal):
    """The provider says that it went back in another currency than was paid: nothing is moved."""

    code, status = "back-currency-differs", 422


class Gone(NamedTuple):
    """One refund or contest whose money is away. `code` is the provider's word for why."""

    minor: int
    currency: str
    why: Why
    code: str = ""


class Back(NamedTuple):
    """All that is away since `on`, a day of the legal entity; 0 when all of it is here again. `why_minor` of it is away
    for the reason that is told.
    """

    minor: int
    why: Why
    code: str
    on: date
    why_minor: int
