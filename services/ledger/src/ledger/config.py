"""The ledger's settings; read once, by main."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from shared.config import RuntimeSettings, Seconds

WAITING_MAX = timedelta(hours=24)
"""How long a record may wait for what it needs before its customer is in doubt, on the domain clock (ERP rule 4)."""


class Settings(RuntimeSettings):
    """What only the ledger needs."""

    ledger_proof_every_seconds: Seconds = 15
    """How often the books are proved, in machine time."""
    ledger_waiting_hours_max: Annotated[int, Field(ge=1)] = 24
    """Hours of the domain clock a record may wait before it is an alarm."""
