"""The files of plans: rails, and the words of the agreement; validated whole before the service starts."""

from collections.abc import Mapping
from datetime import time
from decimal import Decimal
from pathlib import Path
from string import Template
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from portal_api.domain.agreement import BLANKS, ENGLISH, MANNERS, Agreement
from portal_api.domain.plan_rails import LATE_DAYS_MAX, PlanRails
from portal_api.domain.segment import BySegment
from portal_api.gateways.promise_rails_file import Count, Days, RailsFileUnreadable, mapping_in
from portal_api.gateways.segments_in_file import by_segment
from shared.base.errors import Refusal
from shared.base.money import minor_of
from shared.contracts.company import Company

LateDays = Annotated[int, Field(strict=True, ge=0, le=LATE_DAYS_MAX)]
Amounts = Annotated[dict[str, Annotated[Decimal, Field(gt=0, max_digits=18)]], Field(min_length=1)]


class PlanRailsFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Annotated[int, Field(strict=True, ge=1)]
    text_version: Annotated[int, Field(strict=True, ge=1)]
    first_within_days: Days
    months_max: Annotated[int, Field(strict=True, ge=1, le=120)]
    parts_max: Annotated[int, Field(strict=True, ge=2, le=120)]
    part_min: Amounts
    deposit_per_cent: Annotated[int, Field(strict=True, ge=0, le=90)]
    approval_above: Amounts
    grace_days: LateDays
    open_per_customer_max: Count
    extension_days_max: Annotated[int, Field(strict=True, ge=1, le=365)]
    quote_days: Annotated[int, Field(strict=True, ge=1, le=90)]
    remind_days_before: LateDays
    judged_at: time


def load_plan_rails(path: Path, company: Company | None) -> tuple[BySegment[PlanRails], Agreement]:
    """Rails of every segment, and the words of all; raises RailsFileUnreadable, which names what is wrong. The words of
    version 1 in German are in `plan-texts/1.de.txt` beside the file.
    """
    entities = company.legal_entities if company else ()
    zones = {one.code: one.time_zone for one in entities}
    versions = set()

    def rails_of(said: Mapping[str, Any]) -> PlanRails:
        read = PlanRailsFile.model_validate(said)
        versions.add(read.text_version)
        return _rails(read, zones)

    try:
        rails = by_segment(mapping_in(path), rails_of)
    except (OSError, yaml.YAMLError, ValidationError, Refusal) as error:
        raise RailsFileUnreadable(f"{path.name}: {error}") from error
    if len(versions) > 1:
        raise RailsFileUnreadable(f"{path.name}: text_version is the same for every segment")
    return rails, _agreement(path.parent / "plan-texts", versions.pop())


def _rails(read: PlanRailsFile, zones: Mapping[str, str]) -> PlanRails:
    part_min, approval_above = _minor(read.part_min), _minor(read.approval_above)
    if part_min.keys() != approval_above.keys():
        raise RailsFileUnreadable("part_min and approval_above name other currencies")
    return PlanRails(
        **read.model_dump(exclude={"text_version", "part_min", "approval_above"}),
        part_min=part_min,
        approval_above=approval_above,
        zones=zones,
    )


def _minor(amounts: dict[str, Decimal]) -> dict[str, int]:
    return {currency: minor_of(amount, currency) for currency, amount in amounts.items()}


def _agreement(folder: Path, version: int) -> Agreement:
    templates = {}
    for language in MANNERS:
        path = folder / f"{version}.{language}.txt"
        if not path.exists() and language != ENGLISH:
            continue
        try:
            template = Template(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise RailsFileUnreadable(f"{path.name}: {error}") from error
        if not template.is_valid() or set(template.get_identifiers()) != BLANKS:
            wanted = ", ".join(sorted(BLANKS))
            raise RailsFileUnreadable(f"{path.name}: it must have a place for each of {wanted}")
        templates[language] = template
    return Agreement(version, templates)
