"""The summary: what the play found, as data with a committed schema. Numbers come from public doors and sinks."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.event import Amount, Currency

SCHEMA_FILE = Path(__file__).resolve().parents[2] / "schema" / "summary.schema.json"
SCHEMA_ID = "https://dunwell.example/schema/summary.schema.json"

Count = Annotated[int, Field(ge=0)]
Counts = dict[str, Count]
Seconds = Annotated[float, Field(ge=0)]


class Found(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Played(Found):
    """What was asked for."""

    seed: int
    days: Annotated[int, Field(ge=1)]
    customers: Annotated[int, Field(ge=1)]
    first_day: date
    last_day: date
    directed: bool
    twice: bool
    shuffled: bool


class Receivables(Found):
    """What one legal entity was owed at the end of a day, in its currency."""

    legal_entity: str
    currency: Currency
    open: Amount
    overdue: Amount


class Dso(Found):
    """Days sales outstanding; null with a reason when nothing was sold in the window."""

    legal_entity: str
    formula_id: str
    days: Annotated[str, Field(pattern=r"^-?\d+\.\d$")] | None
    reason: str | None = None


class DayFound(Found):
    """What the ledger said in the evening of a day."""

    day: date
    receivables: tuple[Receivables, ...]


class DayUnheard(Found):
    """What would be overdue if nobody had read a message: from the play's own books, by legal entity."""

    day: date
    overdue: dict[str, Amount]


class WeekFound(Found):
    """One week. `silences` and `escalations` are decisions of the scheduler; messages are what the sinks hold.

    `requests` to the ERPs were asked, answered or refused in it; `answers` are what customers said at the portal.
    """

    number: Annotated[int, Field(ge=1)]
    first_day: date
    last_day: date
    receivables: tuple[Receivables, ...]
    dso: tuple[Dso, ...]
    events: Count
    messages: Counts
    silences: Counts
    escalations: Count
    requests: Counts
    answers: Counts


class Totals(Found):
    """`late_percent`: of the invoices that fell due in the play, how many were open when the due date was over.

    `answers` of customers by kind; `came_of` each kind, by what the portal shows of it in the end.
    """

    customers: Count
    invoices: Count
    credit_notes: Count
    payments: Count
    events: Count
    deliveries: Count
    events_by_type: Counts
    late_percent: Annotated[int, Field(ge=0, le=100)]
    messages_by_channel: Counts
    messages_by_status: Counts
    not_sent_by_reason: Counts
    internal_mails: Count
    silences: Counts
    escalations: Count
    requests: Counts
    answers: Counts
    came_of: dict[str, Counts]


class Check(Found):
    """A law that must hold. `wrong` shows the first few cases where it does not."""

    name: str
    says: str
    holds: bool
    looked_at: Count
    wrong: tuple[str, ...] = ()


class Timings(Found):
    publish_s: Seconds
    advance_s: Seconds
    read_s: Seconds
    measure_s: Seconds
    check_s: Seconds
    total_s: Seconds
    clock_stops: Count


class Event(Found):
    """A line in the life of one customer, as a person would tell it."""

    at: datetime
    who: str
    what: str


class Life(Found):
    """One customer's weeks, from ERP event to message to money: the most eventful one of the play."""

    customer_number: str
    name: str
    habit: str
    events: tuple[Event, ...]


class Summary(Found):
    played: Played
    totals: Totals
    weeks: tuple[WeekFound, ...]
    days: tuple[DayFound, ...]
    unheard: tuple[DayUnheard, ...]
    intake: Counts
    refusals: Counts
    checks: tuple[Check, ...]
    life: Life | None
    timings: Timings
    look_at: dict[str, str]

    @property
    def holds(self) -> bool:
        return all(check.holds for check in self.checks)


def summary_schema() -> dict[str, Any]:
    """The JSON Schema that is committed."""
    schema = Summary.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **schema}


def write_summary(summary: Summary, path: Path) -> None:
    """Write what validates; raises pydantic's ValidationError otherwise."""
    text = summary.model_dump_json(indent=2)
    Summary.model_validate_json(text)

    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", encoding="utf-8")


def write_schema() -> None:
    """Write the committed schema anew."""
    SCHEMA_FILE.parent.mkdir(parents=True, exist_ok=True)
    SCHEMA_FILE.write_text(json.dumps(summary_schema(), indent=2) + "\n", encoding="utf-8")
