"""What parameters and bodies may hold: texts, numbers and instants that a database can keep."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, WithJsonSchema

NO_NUL = r"^[^\x00]*$"
TEXT_CHARACTERS_MAX = 500
BIGINT_MAX, INT_MAX = 2**63 - 1, 2**31 - 1

Text = Annotated[str, Field(max_length=TEXT_CHARACTERS_MAX, pattern=NO_NUL)]
Reason = Annotated[str, Field(min_length=1, max_length=TEXT_CHARACTERS_MAX, pattern=NO_NUL)]
"""Why a person of ours did something."""

Bigint = Annotated[int, Field(ge=0, le=BIGINT_MAX)]


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("an instant between the years 1 and 9999 of UTC is wanted") from None


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""An instant in UTC, whatever offset it was given with."""


AMOUNT_DIGITS_MAX: Final = 18
_PLAIN: Final = rf"^[0-9]{{1,{AMOUNT_DIGITS_MAX}}}(\.[0-9]{{1,{AMOUNT_DIGITS_MAX}}})?$"


def _plain(amount: object) -> object:
    """Python reads more as a number than we write: digits of every script, blanks, underscores and powers of ten."""
    if isinstance(amount, str) and not re.fullmatch(_PLAIN, amount):
        raise ValueError("a decimal such as 100.00 is wanted")
    return amount


Amount = Annotated[
    Decimal,
    BeforeValidator(_plain),
    Field(gt=0, max_digits=AMOUNT_DIGITS_MAX, examples=["100.00"]),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": _PLAIN},
                {"type": "number", "exclusiveMinimum": 0},
            ],
            "examples": ["100.00"],
            "description": "a decimal with at most 18 digits; best as a string, which nobody rounds",
        }
    ),
]
"""Money above zero that somebody names; its currency is said elsewhere. Numbers are taken as JSON spells them."""
