"""The scheduler's settings."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from shared.config import RuntimeSettings


class Settings(RuntimeSettings):
    """What the runtime needs, and how the scheduler decides."""

    company_file: Path
    scheduler_policies_folder: Path = Path(__file__).parents[2] / "policies"
    """YAML files of policies, and `segments.yaml`; validated whole at the start."""
    scheduler_looks_per_batch: Annotated[int, Field(ge=1, le=1000)] = 200
    """Customers looked at in one transaction."""
    scheduler_lag_patience_seconds: Annotated[float, Field(ge=0)] = 30
    """How long looks wait for facts that are still to be heard; the notifier looks again in any case."""
