"""The file of what follows when a customer wants to be heard: validated whole before the service starts."""

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from portal_api.domain.heard_rails import HeardRails
from portal_api.gateways.promise_rails_file import RailsFileUnreadable
from shared.contracts.company import Company

Days = Annotated[int, Field(strict=True, ge=1, le=365)]


class HeardFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Annotated[int, Field(strict=True, ge=1)]
    hardship_days: Days
    hardship_days_max: Days
    calls_per_day_max: Annotated[int, Field(strict=True, ge=1, le=100)]


def load_heard_rails(path: Path, company: Company | None) -> HeardRails:
    """Rails and zones of every legal entity; raises RailsFileUnreadable, which names what is wrong."""
    try:
        read = HeardFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise RailsFileUnreadable(f"{path.name}: {error}") from error
    if read.hardship_days > read.hardship_days_max:
        raise RailsFileUnreadable(f"{path.name}: hardship_days is above hardship_days_max")
    entities = company.legal_entities if company else ()
    return HeardRails(
        **read.model_dump(exclude={"version"}), zones={one.code: one.time_zone for one in entities}
    )
