"""Turn the rows of a file into events of the ERP contract, or say by name why a row is none."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple

from ledger.handlers.name_refusal import FieldMissing
from ledger.handlers.read_identity import identity_of
from ledger.handlers.read_row import Cells, Reader, Row, number_of
from ledger.handlers.understand import UNDERSTOOD
from ledger.handlers.write_customer import THIN_VERSION, write_customer, write_event
from ledger.handlers.write_document import write_document
from shared.base.errors import Refusal
from shared.base.money import minor_of
from shared.contracts import erp
from shared.contracts.company import Source
from shared.contracts.erp import ErpEvent
from shared.contracts.import_profile import FileKind, RowsAre

_COLUMN_OF = {
    "opening": "open",
    "allocations": "settled_on",
    "kind": "customer_kind",
    "contacts": "email",
}
"""Field of the contract → field of the file, where their names differ."""


class Rejected(NamedTuple):
    """`column` is a header of the file; "" where no single one is to blame."""

    row: int
    column: str
    code: str
    message: str


@dataclass(slots=True)
class Turned:
    """What one document of the file became: events to tell, or a reason for each of its rows."""

    number: str
    rows: tuple[int, ...]
    events: list[ErpEvent] = field(default_factory=list)
    customer: Any = None
    """Named in passing: told unless the books know the customer."""
    rejected: list[Rejected] = field(default_factory=list)


def turn_rows(reader: Reader, rows: Sequence[Row], source: Source) -> Iterator[Turned]:
    """The documents of these rows, in order; lines of one document stand together."""
    lines = reader.profile.rows is not RowsAre.DOCUMENTS

    def document(row: Row) -> tuple[str, int]:
        number = number_of(reader, row)
        return number, 0 if lines and number else row.number

    for (number, _), several in groupby(rows, document):
        yield _turned(reader, number, tuple(several), source)


def _turned(reader: Reader, number: str, rows: tuple[Row, ...], source: Source) -> Turned:
    turned = Turned(number, tuple(row.number for row in rows))
    try:
        _write(turned, reader, [row.cells for row in rows])
        for event in (*turned.events, turned.customer):
            if event is not None:  # what the contract would refuse is better rejected with its row
                UNDERSTOOD[type(event)](event, identity_of(source.source, event), source)
    except Refusal as refusal:
        named = refusal.pointer.strip("/").split("/")[0]
        column = reader.header_of(_COLUMN_OF.get(named, named))
        turned.events, turned.customer = [], None
        turned.rejected = [
            Rejected(row, column, refusal.code, refusal.message) for row in turned.rows
        ]
    return turned


def _write(turned: Turned, reader: Reader, rows: Sequence[Cells]) -> None:
    kind, cells = reader.profile.kind, rows[0]
    customer = reader.customer_number(cells)
    if kind is FileKind.CUSTOMERS:
        turned.events = [write_customer(reader, cells, customer, version=reader.version)]
        return
    turned.events = (
        [_payment(reader, cells)] if kind is FileKind.PAYMENTS else write_document(reader, rows)
    )
    if customer and turned.events:
        turned.customer = write_customer(reader, cells, customer, version=THIN_VERSION)


def _payment(reader: Reader, cells: Cells) -> ErpEvent:
    amount, invoice = reader.amount(cells, "amount"), reader.number(cells, "allocated_to")
    if amount is None:
        raise FieldMissing("there is no amount", pointer="/amount")
    said = reader.text(cells, "method").lower().replace(" ", "-")
    return write_event(
        erp.ErpPaymentReceived,
        payment_id=reader.needed(cells, "payment_id"),
        version=reader.version,
        customer_number=reader.customer_number(cells),
        legal_entity=reader.legal_entity(cells),
        value_date=reader.needed_day(cells, "value_date"),
        currency=reader.currency(cells),
        amount=amount,
        method=said if said in set(erp.PaymentMethod) else erp.PaymentMethod.OTHER,
        reference=reader.text(cells, "reference"),
        bank_reference=reader.text(cells, "bank_reference"),
        allocations=({"invoice_id": invoice, "amount": amount},) if invoice else None,
    )


def totals_of(events: Iterable[Any]) -> Iterator[tuple[str, str, int, int]]:
    """For a preview, of each document: its kind, currency, total and open amount in minor units."""
    for event in events:
        if isinstance(event, erp.ErpCustomerChanged):
            continue
        kind = event.TYPE.split(".")[1]
        total = event.amount if isinstance(event, erp.ErpPaymentReceived) else event.total
        left = event.opening.open if event.opening else total
        yield kind, event.currency, minor_of(total, event.currency), minor_of(left, event.currency)
