"""The file of promise rails: validated whole before the service starts."""

from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from portal_api.domain.promise_rails import PromiseRails
from portal_api.domain.segment import BySegment
from portal_api.gateways.segments_in_file import by_segment
from shared.base.days import BusinessCalendar
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
    judged_at: time


def load_promise_rails(path: Path, company: Company | None) -> BySegment[PromiseRails]:
    """Rails of every segment, with every legal entity's zone; raises RailsFileUnreadable, which names what is wrong."""
    entities = company.legal_entities if company else ()
    zones = {one.code: one.time_zone for one in entities}
    calendars = calendars_of(company)

    def rails_of(said: Mapping[str, Any]) -> PromiseRails:
        read = RailsFile.model_validate(said)
        return PromiseRails(
            **read.model_dump(exclude={"version"}), zones=zones, calendars=calendars
        )

    try:
        return by_segment(mapping_in(path), rails_of)
    except (OSError, yaml.YAMLError, ValidationError, Refusal) as error:
        raise RailsFileUnreadable(f"{path.name}: {error}") from error


def calendars_of(company: Company | None) -> dict[str, BusinessCalendar]:
    """Of every legal entity, the days on which banks work there."""
    entities = company.legal_entities if company else ()
    return {one.code: BusinessCalendar(*one.calendar.split("-", 1)) for one in entities}


def mapping_in(path: Path) -> Mapping[str, Any]:
    """What a YAML file says; raises RailsFileUnreadable where that is no mapping."""
    read = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(read, dict):
        raise RailsFileUnreadable(f"{path.name}: a mapping is wanted")
    return read
