"""The part of a rails file that says which segments there are, and what differs in them."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from portal_api.domain.segment import STANDARD, BySegment, SegmentRule
from shared.base.money import minor_of
from shared.contracts.erp import Kind

Name = Annotated[str, Field(min_length=1, max_length=40)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Money = Annotated[str, Field(pattern=r"^\d+(\.\d+)?$")]
R = TypeVar("R")


class SegmentFile(BaseModel):
    """A rule: nothing said is any."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    segment: Name
    kinds: frozenset[Kind] = frozenset()
    credit_limit_min: dict[Currency, Money] | None = None

    def build(self) -> SegmentRule:
        """The rule."""
        bars = self.credit_limit_min
        return SegmentRule(
            self.segment,
            frozenset(kind.value for kind in self.kinds),
            None if bars is None else {code: minor_of(bar, code) for code, bar in bars.items()},
        )


class SegmentsFile(BaseModel):
    """`by_segment` has only what differs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    segments: tuple[SegmentFile, ...] = ()
    by_segment: dict[Name, dict[str, Any]] = {}

    @model_validator(mode="after")
    def _names_its_segments(self) -> Self:
        strange = self.by_segment.keys() - {STANDARD, *(rule.segment for rule in self.segments)}
        if strange:
            raise ValueError(f"no rule leads to {', '.join(sorted(strange))}")
        return self


def by_segment(read: Mapping[str, Any], rails_of: Callable[[Mapping[str, Any]], R]) -> BySegment[R]:
    """Rails of every segment, each checked whole: `rails_of` reads those of a file without segments."""
    split = dict(read)
    said = SegmentsFile.model_validate(
        {name: split.pop(name) for name in SegmentsFile.model_fields if name in split}
    )
    return BySegment(
        standard=rails_of(split | said.by_segment.get(STANDARD, {})),
        rules=tuple(rule.build() for rule in said.segments),
        own={name: rails_of(split | differs) for name, differs in said.by_segment.items()},
    )
