"""What the ledger tells, ready for its outbox or for the bus: customers, invoices, and payments that settle them."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from shared.base.ids import object_id
from shared.base.telling import Told
from shared.contracts import erp, ledger
from shared.db.outbox import OutboxRow
from shared.messaging.bus import Outgoing
from shared.messaging.cloudevents import wire_headers
from shared.messaging.tell import row_of
from shared.testing.builders import SOURCE

RECORDED_AT = "2026-03-02T09:00:00+00:00"
DUE = date(2026, 4, 1)


def customer(number: int) -> ledger.CustomerChanged:
    """A business with one person who reads mail."""
    person = ledger.Contact(
        contact_id="1",
        name="Erika Muster",
        role=erp.Role.ACCOUNTS_PAYABLE,
        email=f"ap@c{number}.example",
    )
    return ledger.CustomerChanged(
        customer_id=object_id(SOURCE, "customer", f"C{number}"), version=1, source=SOURCE,
        customer_number=f"C{number}", known=True, name=f"C{number} GmbH", kind=erp.Kind.BUSINESS, country="DE",
        language="de", time_zone="Europe/Berlin", contacts=(person,),
    )  # fmt: skip


def invoice_state(number: int, of: int, *, paid: bool = False) -> dict[str, Any]:
    """The fields of an invoice, open or settled."""
    due, left = DUE + timedelta(days=number % 28), "0.00" if paid else "1190.00"
    return {
        "invoice_id": object_id(SOURCE, "invoice", f"I{number}"),
        "customer_id": object_id(SOURCE, "customer", f"C{of}"),
        "version": 2 if paid else 1, "source": SOURCE, "source_id": f"I{number}", "invoice_number": f"I{number}",
        "kind": "invoice", "legal_entity": "DE01", "issued_on": due - timedelta(days=30), "due_on": due,
        "currency": "EUR", "total": "1190.00", "open": left, "status": "settled" if paid else "open",
        "instalments": ({"number": 1, "due_on": due, "amount": "1190.00", "open": left},),
        "payment_reference": f"RF{number:08}",
    }  # fmt: skip


def opened(number: int, of: int) -> ledger.InvoiceOpened:
    return ledger.InvoiceOpened(**invoice_state(number, of))


def paid(number: int, of: int) -> ledger.PaymentReceived:
    """A payment that settles the invoice of the same number."""
    invoice = ledger.Invoice(**invoice_state(number, of, paid=True))
    return ledger.PaymentReceived(
        payment_id=object_id(SOURCE, "payment", f"P{number}"), customer_id=invoice.customer_id, version=1,
        source=SOURCE, source_id=f"P{number}", legal_entity="DE01", value_date=invoice.due_on, currency="EUR",
        amount="1190.00", returned="0.00", unapplied="0.00", method=erp.PaymentMethod.TRANSFER, reference="",
        status=ledger.PaymentStatus.RECEIVED,
        allocations=(ledger.Allocation(invoice_id=invoice.invoice_id, amount="1190.00"),), invoices=(invoice,),
    )  # fmt: skip


def rows(facts: Iterator[Any]) -> list[OutboxRow]:
    """Finished messages, as the ledger writes them to its outbox."""
    return [row_of(Told(fact, None), recorded_at=RECORDED_AT) for fact in facts]


def messages(facts: Iterator[Any]) -> list[Outgoing]:
    """The same as the relay sends them."""
    return [
        Outgoing(row.topic, row.key.encode(), row.payload, wire_headers(dict(row.headers)))
        for row in rows(facts)
    ]
