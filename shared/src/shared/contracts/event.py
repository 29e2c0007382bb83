"""What every event is: a frozen model with a type, a topic, a key and a version; and the kinds of field they share."""

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema

from shared.base.ids import derived_id


class Absent:
    """Marks an optional field that may be left out but never be null (ERP rule 1)."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        schema = handler(source)
        return schema["schema"] if schema["type"] == "nullable" else schema


ABSENT = Absent()

Amount = Annotated[str, Field(pattern=r"^-?\d{1,16}(\.\d{1,4})?$", examples=["1200.00"])]
"""A decimal string in the currency that stands beside it; never a number."""

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["EUR"])]
"""ISO 4217 code."""


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


Instant = Annotated[datetime, Field(examples=["2026-04-11T08:00:00Z"]), AfterValidator(_in_utc)]
"""An instant in UTC."""


class Part(BaseModel):
    """A piece of an event. Readers ignore what they do not know; tests of tellers forbid it.

    What was given is not repeated in errors: it may be somebody's address, and errors are logged.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Event(Part):
    """A fact of ours, in the past tense, that carries the whole state of its subject after the fact.

    `subject_id` and `version` name the fact: the same cause yields the same event id, whoever tells it again.
    """

    TYPE: ClassVar[str]
    TOPIC: ClassVar[str]
    SUBJECT: ClassVar[str]
    """Name of the field that holds the subject's id."""

    customer_id: UUID
    version: Annotated[
        int, Field(ge=1, description="version of the subject after this fact; rises by one or more")
    ]

    @property
    def subject_id(self) -> UUID:
        subject: UUID = getattr(self, self.SUBJECT)
        return subject

    @property
    def event_id(self) -> UUID:
        return derived_id(self.TYPE, self.subject_id, self.version)
