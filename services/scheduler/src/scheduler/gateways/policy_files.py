"""The policy folder: one YAML file per policy and `segments.yaml`, validated whole before the service starts."""

from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scheduler.domain.customer import LegalEntity, Person
from scheduler.domain.policy import Budget, Channel, Escalations, Hours, Policy, Step, Tone
from scheduler.domain.segment import Condition, Rule, Segments
from scheduler.domain.view import Rulebook
from shared.base.errors import Refusal
from shared.base.money import minor_of
from shared.contracts.company import Company

SEGMENTS_FILE = "segments.yaml"
STEPS_MAX = 20
NAME = r"^[a-z][a-z0-9-]{0,39}$"


class PolicyFileUnreadable(Refusal):
    """A file that is missing, is no YAML, or has a field that is missing, unknown or of the wrong kind."""

    code = "policy-file-unreadable"


class SegmentWithoutPolicy(Refusal):
    code = "segment-without-policy"


class PolicyTwice(Refusal):
    code = "policy-twice"


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


Name = Annotated[str, Field(pattern=NAME)]
Days = Annotated[int, Field(strict=True, ge=-365, le=3650)]
Amounts = Mapping[
    Annotated[str, Field(pattern=r"^[A-Z]{3}$")], Annotated[str, Field(pattern=r"^\d+(\.\d+)?$")]
]


class StepFile(_File):
    name: Annotated[str, Field(min_length=1, max_length=80)]
    day: Days
    tone: Tone
    channels: tuple[Channel, ...]


class HoursFile(_File):
    opens: time
    closes: time
    business_days_only: bool = True


class BudgetFile(_File):
    gap_days: Days = 15
    gap_until_days_overdue: Days = 60
    gap_days_later: Days = 7
    contact_days_in_7_max: Days = 3


class EscalationsFile(_File):
    account_owner_day: Days
    collections_manager_day: Days
    again_after_days: Days = 30


class PolicyFile(_File):
    policy: Name
    version: Annotated[int, Field(strict=True, ge=1)]
    segment: Name
    steps: Annotated[tuple[StepFile, ...], Field(min_length=1, max_length=STEPS_MAX)]
    hours: HoursFile
    budget: BudgetFile = BudgetFile()
    minimum: Amounts = Field(default_factory=dict)
    escalations: EscalationsFile

    def build(self) -> Policy:
        """The policy; steps before the due date are numbered up to 0, the others from 1."""
        courtesies = sum(step.day < 1 for step in self.steps)
        return Policy(
            name=self.policy,
            version=self.version,
            segment=self.segment,
            steps=tuple(
                Step(place - courtesies + 1, step.name, step.day, step.tone, step.channels)
                for place, step in enumerate(self.steps)
            ),
            hours=Hours(**dict(self.hours)),
            budget=Budget(**dict(self.budget)),
            escalations=Escalations(**dict(self.escalations)),
            minimum=_minor(self.minimum),
        )


class ConditionFile(_File):
    kinds: frozenset[str] = frozenset()
    credit_limit_min: Amounts = Field(default_factory=dict)
    exposure_min: Amounts = Field(default_factory=dict)
    relationship_days_min: Days | None = None
    relationship_days_max: Days | None = None
    average_days_late_min: Days | None = None
    average_days_late_max: Days | None = None
    paid_invoices_min: Days | None = None
    returned_payments_min: Days | None = None

    def build(self) -> Condition:
        amounts = {
            "credit_limit_min": _minor(self.credit_limit_min),
            "exposure_min": _minor(self.exposure_min),
        }
        return Condition(**{**dict(self), **amounts})


class RuleFile(_File):
    segment: Name
    why: Annotated[str, Field(min_length=1, max_length=200)]
    enter: Annotated[tuple[ConditionFile, ...], Field(min_length=1)]
    stay: tuple[ConditionFile, ...] = ()


class SegmentsFile(_File):
    version: Annotated[int, Field(strict=True, ge=1)]
    segments: tuple[RuleFile, ...]
    otherwise: Name

    def build(self) -> Segments:
        rules = tuple(
            Rule(
                rule.segment,
                rule.why,
                tuple(condition.build() for condition in rule.enter),
                tuple(condition.build() for condition in rule.stay),
            )
            for rule in self.segments
        )
        return Segments(self.version, rules, self.otherwise)


File = TypeVar("File", bound=_File)


def load_rulebook(folder: Path, company: Company) -> Rulebook:
    """Read all files of the folder; refuses with the file's name and what is wrong in it."""
    policies: dict[str, Policy] = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.name == SEGMENTS_FILE:
            continue
        policy = _named(path, _read(path, PolicyFile).build)
        if policy.segment in policies:
            raise PolicyTwice(f"{path.name}: segment {policy.segment} has a policy already")
        policies[policy.segment] = policy

    path = folder / SEGMENTS_FILE
    segments = _named(path, _read(path, SegmentsFile).build)
    named = {rule.segment for rule in segments.rules} | {segments.otherwise}
    if missing := sorted(named - set(policies)):
        raise SegmentWithoutPolicy(f"{path.name}: no policy serves {', '.join(missing)}")
    return Rulebook(segments, policies, _entities(company))


def _read(path: Path, model: type[File]) -> File:
    try:
        return model.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        where = "/".join(str(part) for part in first["loc"])
        raise PolicyFileUnreadable(
            f"{path.name}: {where}: {first['msg']}", pointer=f"/{where}"
        ) from error
    except (OSError, yaml.YAMLError) as error:
        raise PolicyFileUnreadable(f"{path.name}: {error}") from error


def _named(path: Path, build: Any) -> Any:
    """Say in which file a rule is broken."""
    try:
        return build()
    except Refusal as refusal:
        raise type(refusal)(f"{path.name}: {refusal.message}", pointer=refusal.pointer) from refusal


def _minor(amounts: Amounts) -> dict[str, int]:
    return {currency: minor_of(amount, currency) for currency, amount in amounts.items()}


def _entities(company: Company) -> dict[str, LegalEntity]:
    return {
        entity.code: LegalEntity(
            entity.code,
            entity.time_zone,
            entity.calendar,
            Person(entity.collections_manager.name, entity.collections_manager.email),
        )
        for entity in company.legal_entities
    }
