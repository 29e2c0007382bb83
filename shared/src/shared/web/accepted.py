"""What parameters and bodies may hold: texts, numbers and instants that a database can keep."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

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
