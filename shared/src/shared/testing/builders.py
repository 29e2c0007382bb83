"""ERP events for tests: believable by default, and each test says only what matters to it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from shared.contracts import erp
from shared.contracts.erp import ErpEvent
from shared.messaging.bus import Outgoing
from shared.messaging.cloudevents import wire_headers

SOURCE = "urn:acme:erp:de01"


def customer(number: str, *, version: int = 1, **different: Any) -> erp.ErpCustomerChanged:
    """A German business with one accounts-payable contact, who reads mail."""
    usual: dict[str, Any] = {
        "name": f"{number} GmbH",
        "kind": erp.Kind.BUSINESS,
        "status": erp.CustomerStatus.ACTIVE,
        "country": "DE",
        "language": "de",
        "time_zone": "Europe/Berlin",
        "contacts": (contact(number),),
        "account_owner": erp.ErpOwner(name="Jonas Weber", email="jonas.weber@acme.example"),
    }
    return erp.ErpCustomerChanged(customer_number=number, version=version, **usual | different)


def contact(number: str, **different: Any) -> erp.ErpContact:
    """The person at the customer."""
    usual: dict[str, Any] = {
        "contact_id": "1",
        "name": "Erika Muster",
        "role": erp.Role.ACCOUNTS_PAYABLE,
        "email": f"ap@{number.lower()}.example",
    }
    return erp.ErpContact(**usual | different)


def invoice(
    invoice_id: str, of: str, total: str, *, due: date, version: int = 1, **different: Any
) -> erp.ErpInvoicePosted:
    """An invoice of DE01 in EUR, issued thirty days before it is due."""
    usual: dict[str, Any] = {
        "invoice_number": invoice_id,
        "kind": erp.InvoiceKind.INVOICE,
        "legal_entity": "DE01",
        "issued_on": date.fromordinal(due.toordinal() - 30),
        "currency": "EUR",
    }
    return erp.ErpInvoicePosted(
        invoice_id=invoice_id,
        version=version,
        customer_number=of,
        total=Decimal(total),
        due_on=due,
        **usual | different,
    )


def payment(
    payment_id: str,
    of: str,
    amount: str,
    *,
    on: date,
    to: str | None = None,
    version: int = 1,
    **different: Any,
) -> erp.ErpPaymentReceived:
    """A transfer to DE01 in EUR; `to` is the invoice that the ERP allocates all of it to."""
    usual: dict[str, Any] = {
        "legal_entity": "DE01",
        "currency": "EUR",
        "method": erp.PaymentMethod.TRANSFER,
        **({"allocations": (allocation(to, amount),)} if to is not None else {}),
    }
    return erp.ErpPaymentReceived(
        payment_id=payment_id, version=version, customer_number=of, amount=Decimal(amount), value_date=on,
        **usual | different,
    )  # fmt: skip


def allocation(invoice_id: str, amount: str) -> erp.ErpAllocation:
    """So much of a credit goes to that invoice."""
    return erp.ErpAllocation(invoice_id=invoice_id, amount=Decimal(amount))


@dataclass(frozen=True, slots=True)
class Voice:
    """An ERP that speaks: turns events into CloudEvents, ready for the bus."""

    source: str = SOURCE

    def says(self, event: ErpEvent, *, event_id: str | None = None) -> Outgoing:
        """The event as a message in binary mode."""
        body = event.model_dump_json(exclude_none=True).encode()
        return self.utters(event.TOPIC, event.TYPE, body, event_id=event_id)

    def utters(
        self, topic: str, event_type: str, body: bytes, *, event_id: str | None = None
    ) -> Outgoing:
        """Any bytes under any type, for what is not well formed."""
        headers = {
            "content-type": "application/json",
            "ce_specversion": "1.0",
            "ce_id": event_id or str(uuid4()),
            "ce_source": self.source,
            "ce_type": event_type,
        }
        return Outgoing(topic, b"", body, wire_headers(headers))
