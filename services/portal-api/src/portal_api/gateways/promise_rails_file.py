"""The file of promise rails: validated whole before the service starts."""

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from portal_api.domain.promise_rails import PromiseRails
from shared.base.errors import Refusal
from shared.contracts.company import Company

Days = Annotated[int, Field(strict=True, ge=0, le=365)]
Count = Annotated[int, Field(strict=True, ge=1, le=1000)]


class RailsFileUnreadable(Refusal):
    """A file that is missing, is no YAML, or has a field that is missing, unknown or of the wrong kind."""

    code = "rails-file-unreadable"


class RailsFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Annotated[int, Field(strict=True, ge=1)]
    days_ahead_max: Days
    grace_days: Days
    open_per_customer_max: Count
    broken_max: Count
    broken_within_days: Days
    withdrawn_max: Count


def load_promise_rails(path: Path, company: Company | None) -> PromiseRails:
    """Rails and zones of every legal entity; raises RailsFileUnreadable, which names what is wrong."""
    try:
        read = RailsFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise RailsFileUnreadable(f"{path.name}: {error}") from error
    entities = company.legal_entities if company else ()
    return PromiseRails(
        **read.model_dump(exclude={"version"}), zones={one.code: one.time_zone for one in entities}
    )
