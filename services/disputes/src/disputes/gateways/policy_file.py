"""The file of dispute terms: validated whole before the service starts."""

from datetime import time
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from disputes.domain.dispute import Reason
from disputes.domain.hours import BusinessHours
from disputes.domain.terms import Rulebook, Terms
from shared.base.days import BusinessCalendar
from shared.base.errors import Refusal
from shared.base.money import minor_of
from shared.contracts.company import Company

Days = Annotated[int, Field(strict=True, ge=1, le=365)]
Name = Annotated[str, Field(min_length=1, max_length=40)]


class TermsFileUnreadable(Refusal):
    """A file that is missing, is no YAML, or has a field that is missing, unknown or of the wrong kind."""

    code = "terms-file-unreadable"


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HoursFile(_File):
    opens: time
    closes: time


class TermsFile(_File):
    team: Name
    first_answer_days: Days
    resolution_days: Days
    hard_stop_days: Days
    pause_max_days: Annotated[int, Field(strict=True, ge=0, le=365)]
    evidence: tuple[Name, ...] = ()


class ReasonFile(_File):
    """Only what differs."""

    team: Name | None = None
    first_answer_days: Days | None = None
    resolution_days: Days | None = None
    hard_stop_days: Days | None = None
    pause_max_days: Annotated[int | None, Field(strict=True, ge=0, le=365)] = None
    evidence: tuple[Name, ...] | None = None


class DisputesFile(_File):
    version: Annotated[int, Field(strict=True, ge=1)]
    hours: HoursFile
    open_per_customer_max: Annotated[int, Field(strict=True, ge=1, le=1000)]
    approval_above: dict[
        Annotated[str, Field(pattern=r"^[A-Z]{3}$")],
        Annotated[str, Field(pattern=r"^\d+(\.\d+)?$")],
    ]
    otherwise: TermsFile
    reasons: dict[Reason, ReasonFile] = {}


def load_rulebook(path: Path, company: Company) -> Rulebook:
    """Terms of every reason and hours of every legal entity; raises TermsFileUnreadable, which names what is wrong."""
    try:
        read = DisputesFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise TermsFileUnreadable(f"{path.name}: {error}") from error
    return Rulebook(
        terms={reason: _terms(read, reason) for reason in Reason},
        hours={
            entity.code: BusinessHours(
                BusinessCalendar(*entity.calendar.split("-", 1)),
                read.hours.opens,
                read.hours.closes,
                entity.time_zone,
            )
            for entity in company.legal_entities
        },
        approval_above_minor={
            currency: minor_of(amount, currency) for currency, amount in read.approval_above.items()
        },
        open_per_customer_max=read.open_per_customer_max,
    )


def _terms(read: DisputesFile, reason: Reason) -> Terms:
    own = read.reasons.get(reason, ReasonFile()).model_dump(exclude_none=True)
    return Terms(**read.otherwise.model_dump() | own)
