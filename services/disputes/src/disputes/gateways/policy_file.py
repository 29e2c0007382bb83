"""The file of dispute terms: validated whole before the service starts."""

from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from disputes.domain.dispute import Reason
from disputes.domain.hours import BusinessHours
from disputes.domain.reopening import ReopeningRails
from disputes.domain.segment import STANDARD, SegmentRule
from disputes.domain.terms import Rulebook, Terms
from shared.base.days import BusinessCalendar
from shared.base.errors import Refusal
from shared.base.money import minor_of
from shared.contracts.company import Company
from shared.contracts.erp import Kind

Days = Annotated[int, Field(strict=True, ge=1, le=365)]
Name = Annotated[str, Field(min_length=1, max_length=40)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Money = Annotated[str, Field(pattern=r"^\d+(\.\d+)?$")]


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


class DifferingFile(_File):
    """Only what differs."""

    team: Name | None = None
    first_answer_days: Days | None = None
    resolution_days: Days | None = None
    hard_stop_days: Days | None = None
    pause_max_days: Annotated[int | None, Field(strict=True, ge=0, le=365)] = None
    evidence: tuple[Name, ...] | None = None


class ReasonFile(DifferingFile):
    by_segment: dict[Name, DifferingFile] = {}


class SegmentFile(_File):
    """A rule: nothing said is any."""

    segment: Name
    kinds: frozenset[Kind] = frozenset()
    credit_limit_min: dict[Currency, Money] | None = None

    def build(self) -> SegmentRule:
        bars = self.credit_limit_min
        return SegmentRule(
            self.segment,
            frozenset(kind.value for kind in self.kinds),
            None if bars is None else _minor(bars),
        )


class ReopeningFile(_File):
    """How many days after an outcome, and how often, a customer may have a dispute opened again."""

    days_after_outcome_max: Annotated[int, Field(strict=True, ge=0, le=3_650)]
    times_max: Annotated[int, Field(strict=True, ge=0, le=100)]


class DisputesFile(_File):
    version: Annotated[int, Field(strict=True, ge=1)]
    hours: HoursFile
    open_per_customer_max: Annotated[int, Field(strict=True, ge=1, le=1000)]
    approval_above: dict[Currency, Money]
    reopening: ReopeningFile
    otherwise: TermsFile
    segments: tuple[SegmentFile, ...] = ()
    by_segment: dict[Name, DifferingFile] = {}
    reasons: dict[Reason, ReasonFile] = {}

    @model_validator(mode="after")
    def _names_its_segments(self) -> Self:
        said = {*self.by_segment, *(one for own in self.reasons.values() for one in own.by_segment)}
        strange = said - {STANDARD, *(rule.segment for rule in self.segments)}
        if strange:
            raise ValueError(f"no rule leads to {', '.join(sorted(strange))}")
        return self


def load_rulebook(path: Path, company: Company) -> Rulebook:
    """Terms of every reason and hours of every legal entity; raises TermsFileUnreadable, which names what is wrong."""
    try:
        read = DisputesFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise TermsFileUnreadable(f"{path.name}: {error}") from error
    segments = {STANDARD, *(rule.segment for rule in read.segments)}
    return Rulebook(
        terms={(reason, one): _terms(read, reason, one) for reason in Reason for one in segments},
        hours={
            entity.code: BusinessHours(
                BusinessCalendar(*entity.calendar.split("-", 1)),
                read.hours.opens,
                read.hours.closes,
                entity.time_zone,
            )
            for entity in company.legal_entities
        },
        reopening=ReopeningRails(read.reopening.days_after_outcome_max, read.reopening.times_max),
        approval_above_minor=_minor(read.approval_above),
        open_per_customer_max=read.open_per_customer_max,
        segments=tuple(rule.build() for rule in read.segments),
    )


def _terms(read: DisputesFile, reason: Reason, segment: str) -> Terms:
    """What the reason says of the segment, else the reason, else the segment, else what is otherwise."""
    own = read.reasons.get(reason, ReasonFile())
    said: dict[str, Any] = read.otherwise.model_dump()
    for more in (read.by_segment.get(segment), own, own.by_segment.get(segment)):
        if more is not None:
            said |= more.model_dump(exclude_none=True, exclude={"by_segment"})
    if said["first_answer_days"] > said["resolution_days"]:
        raise TermsFileUnreadable(f"{reason} of {segment}: an answer comes before the outcome")
    return Terms(**said)


def _minor(amounts: Mapping[str, str]) -> dict[str, int]:
    return {currency: minor_of(amount, currency) for currency, amount in amounts.items()}
