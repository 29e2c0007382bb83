"""The ledger's settings; read once, by main."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from shared.config import RuntimeSettings, Seconds

HOME = Path(__file__).parents[2]
"""The service's folder, where its migrations, fonts and words are."""


class Settings(RuntimeSettings):
    """What only the ledger needs."""

    ledger_proof_every_seconds: Seconds = 60
    """How often the books are proved, in machine time."""
    ledger_waiting_hours_max: Annotated[int, Field(ge=1)] = 24
    """Hours of the domain clock a record may wait before its customer is in doubt (ERP rule 4)."""
    ledger_reconcile_delay_seconds: Seconds = 1800
    """How long after its last record a run of balances is judged, on the domain clock (ERP rule 10)."""
    ledger_run_hours_max: Annotated[int, Field(ge=1)] = 12
    """Hours of the domain clock after which a run of balances that has not come whole is an alarm."""
