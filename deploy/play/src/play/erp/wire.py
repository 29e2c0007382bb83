"""What is on its way to Kafka: records in the order told, some of them late, some of them twice."""

from datetime import date, timedelta

from play.cast.customers import Customer
from play.erp.numbering import Numbers
from play.record import ACCEPTED, DUPLICATE, ErpRecord


class Wire:
    """Takes what the ERPs tell and gives it away on the day it arrives."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers
        self._waiting: list[tuple[date, ErpRecord]] = []

    def put(
        self,
        customer: Customer,
        type: str,  # noqa: A002 - CloudEvents' own word
        topic: str,
        body: bytes,
        *,
        told_on: date,
        source: str | None = None,
        late_days: int = 0,
        expected: tuple[str, ...] = ACCEPTED,
        code: str = "",
    ) -> ErpRecord:
        """Put any bytes on the wire, well-formed or not, under a fresh event id."""
        record = ErpRecord(
            event_id=f"{customer.entity.code}-E{self._numbers.next('event')}",
            source=source or customer.entity.source,
            type=type,
            topic=topic,
            key=customer.number,
            time=f"{told_on.isoformat()}T05:30:00Z",
            body=body,
            expected=expected,
            code=code,
        )
        self._waiting.append((told_on + timedelta(days=late_days), record))
        return record

    def repeat(self, record: ErpRecord, *, on: date) -> None:
        """The same record once more, as at-least-once delivery does."""
        self._waiting.append((on, record))

    def echo(self, record: ErpRecord, customer: Customer, *, told_on: date) -> None:
        """The same content under another event id, as a connector does that publishes twice."""
        self.put(
            customer, record.type, record.topic, record.body, told_on=told_on, expected=DUPLICATE
        )

    def take(self, until: date | None) -> tuple[ErpRecord, ...]:
        """Everything that arrives until that day, in order; None = all that is left."""
        due = tuple(record for on, record in self._waiting if until is None or on <= until)
        self._waiting = [
            (on, record) for on, record in self._waiting if until is not None and on > until
        ]
        return due
