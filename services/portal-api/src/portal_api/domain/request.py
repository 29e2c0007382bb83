"""What a customer asks of people of ours: time to pay, or a call."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from shared.base.clock import Moment


class RequestKind(StrEnum):
    HARDSHIP = "hardship"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Asker:
    """The contact who asks, and in whose name of ours they are answered."""

    customer_id: UUID
    contact_id: str
    legal_entity: str
    language: str


@dataclass(frozen=True, slots=True)
class Request:
    """`until` is when silence ends, of a hardship alone; `phone` and `preferred_time` are of a call."""

    request_id: UUID
    asker: Asker
    kind: RequestKind
    words: str
    asked_at: Moment
    wants_until: date | None = None
    until: Moment | None = None
    phone: str | None = None
    preferred_time: str = ""

    def is_open(self, moment: Moment) -> bool:
        """Whether what was asked for lasts."""
        return self.until is not None and moment < self.until

    def says(self, other: "Request") -> bool:
        """Whether it asks for the same."""
        return (self.words, self.wants_until, self.phone, self.preferred_time) == (
            other.words,
            other.wants_until,
            other.phone,
            other.preferred_time,
        )


@dataclass(frozen=True, slots=True)
class Feedback:
    """How content a customer is with the way a dispute of theirs was handled: 1 is very bad, 5 very good."""

    feedback_id: UUID
    asker: Asker
    case_id: UUID
    score: int
    words: str
    given_at: Moment

    def __post_init__(self) -> None:
        assert 1 <= self.score <= 5, "a score is from 1 to 5"
