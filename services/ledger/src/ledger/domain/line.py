"""An object's line of versions: which of its records counts (ERP rule 3).

Status is that of the highest version over all types, the body that of the highest posted or received, so that the
order of arrival does not matter.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Verdict(StrEnum):
    """What a record is to the line."""

    NEWS = "news"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    SUPERSEDED = "superseded"


class Stamp(NamedTuple):
    """One record on the line. `content` is a hash over its known fields and type, in canonical form."""

    version: int
    content: bytes
    carries_body: bool


@dataclass(slots=True)
class Line:
    """The two records that count: the one of the body and the one of the status. Version 0 = none yet."""

    body_version: int = 0
    body_content: bytes = b""
    top_version: int = 0
    top_content: bytes = b""

    @property
    def has_body(self) -> bool:
        return self.body_version > 0

    @property
    def in_force(self) -> bool:
        """Whether the highest record is the body's own: nothing above it cancels or returns."""
        return 0 < self.body_version == self.top_version

    def judge(self, stamp: Stamp) -> Verdict:
        """Compare a record with the line; changes nothing."""
        for version, content in (
            (self.top_version, self.top_content),
            (self.body_version, self.body_content),
        ):
            if stamp.version == version:
                return Verdict.DUPLICATE if stamp.content == content else Verdict.CONFLICT
        newest = self.body_version if stamp.carries_body else self.top_version
        return Verdict.NEWS if stamp.version > newest else Verdict.SUPERSEDED

    def move(self, stamp: Stamp) -> None:
        """Take a record that is news."""
        assert self.judge(stamp) is Verdict.NEWS
        if stamp.carries_body:
            self.body_version, self.body_content = stamp.version, stamp.content
        if stamp.version > self.top_version:
            self.top_version, self.top_content = stamp.version, stamp.content
