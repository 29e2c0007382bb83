"""The desk: ERP events go in as JSON, books and told facts come out. No database, no clock."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from typing_extensions import override

from ledger.domain.books import Books
from ledger.domain.credit import Credit
from ledger.domain.customer import Customer
from ledger.domain.invoice import Invoice
from ledger.handlers.know_source import Registered
from ledger.handlers.read_erp_record import read_erp_record
from ledger.handlers.take_record import Taken, take_record
from shared.base.ids import object_id
from shared.contracts.company import Authority, EarlyPayment, Source
from shared.messaging.cloudevents import Record

DE = "urn:acme:erp:de01"
OURS = "urn:acme:erp:ours"
PRO_RATA = "urn:acme:erp:pro-rata"
NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)

CODES = {
    *("tax-does-not-add-up", "amount-negative", "amount-not-a-number", "amount-too-precise", "amount-too-large"),
    *("instalments-do-not-add-up", "allocations-exceed-credit", "date-out-of-range", "due-before-issued"),
    *("currency-unknown", "country-unknown", "source-unknown", "legal-entity-unknown", "type-unknown"),
    *("field-missing", "field-null", "value-unknown", "payload-too-large", "payload-unreadable"),
    *("invoice-identity-changed", "payment-identity-changed", "credit-note-identity-changed"),
    *("adjustment-identity-changed", "not-yet-supported", "request-unknown"),
}  # fmt: skip
"""The closed list of ERP rule 12, and of its answers to our requests."""


def registered() -> Registered:
    """Sources that speak for DE01: one directs its credits (and speaks for US01), one leaves it to us, and one gives
    part payments their part of a discount.
    """
    sources = (
        Source(source=DE, legal_entities=("DE01", "US01")),
        Source(source=OURS, legal_entities=("DE01",), allocation=Authority.OURS),
        Source(source=PRO_RATA, legal_entities=("DE01",), early_payment=EarlyPayment.PRO_RATA),
    )
    return Registered({source.source: source for source in sources})


class Pen:
    """Writes ERP events with everything that is required; `take` says where they go. Answers what `take` answers."""

    def take(self, event_type: str, *, source: str = DE, **body: Any) -> Any:
        raise NotImplementedError

    @staticmethod
    def record(event_type: str, offset: int, *, source: str = DE, body: dict[str, Any]) -> Record:
        """A record as it comes off the bus; its event id is its offset's."""
        attributes = {
            "specversion": "1.0",
            "id": f"e{offset}",
            "source": source,
            "type": event_type,
        }
        return Record("erp.test", 0, offset, "", attributes, json.dumps(body).encode())

    def customer(self, number: str = "C1", *, version: int = 1, **body: Any) -> Any:
        given = {
            "name": "Blue Boat",
            "kind": "business",
            "status": "active",
            "country": "DE",
            "language": "de",
        }
        told = {"contacts": [], **given, **body}
        return self.take("erp.customer.changed.v1", customer_number=number, version=version, **told)

    def invoice(
        self, name: str = "I1", total: str = "100.00", *, version: int = 1, **body: Any
    ) -> Any:
        given = {
            "invoice_number": name,
            "kind": "invoice",
            "customer_number": "C1",
            "legal_entity": "DE01",
            "issued_on": "2026-03-01",
            "due_on": "2026-03-31",
            "currency": "EUR",
        }
        return self.take(
            "erp.invoice.posted.v1", invoice_id=name, version=version, total=total, **given | body
        )

    def payment(
        self, name: str = "P1", amount: str = "100.00", *, version: int = 1, **body: Any
    ) -> Any:
        given = {
            "customer_number": "C1",
            "legal_entity": "DE01",
            "value_date": "2026-03-20",
            "currency": "EUR",
            "method": "transfer",
        }
        return self.take(
            "erp.payment.received.v1",
            payment_id=name,
            version=version,
            amount=amount,
            **given | body,
        )

    def credit_note(
        self, name: str = "N1", total: str = "100.00", *, version: int = 1, **body: Any
    ) -> Any:
        given = {
            "credit_note_number": name,
            "kind": "credit-note",
            "customer_number": "C1",
            "legal_entity": "DE01",
            "issued_on": "2026-03-10",
            "currency": "EUR",
        }
        return self.take(
            "erp.credit-note.posted.v1",
            credit_note_id=name,
            version=version,
            total=total,
            **given | body,
        )

    def adjust(
        self,
        name: str = "A1",
        amount: str = "10.00",
        *,
        version: int = 1,
        item: str = "I1",
        **body: Any,
    ) -> Any:
        """Takes off an invoice; `kind` for another item."""
        given = {
            "customer_number": "C1",
            "legal_entity": "DE01",
            "currency": "EUR",
            "reason": "write-off",
            "posted_on": "2026-04-02",
        }
        kind = body.pop("kind", "invoice")
        return self.take(
            "erp.adjustment.posted.v1",
            adjustment_id=name,
            version=version,
            item={"kind": kind, "id": item},
            amount=amount,
            **given | body,
        )

    def allocate(
        self, credit: str, *directions: tuple[str, str], version: int = 1, kind: str = "payment"
    ) -> Any:
        return self.take(
            "erp.allocations.set.v1",
            credit={"kind": kind, "id": credit},
            version=version,
            customer_number="C1",
            allocations=[
                {"invoice_id": invoice, "amount": amount} for invoice, amount in directions
            ],
        )


@dataclass
class Desk(Pen):
    """Takes records one by one on books that hold everything."""

    books: Books = field(default_factory=Books)
    offset: int = 0
    taken: list[Taken] = field(default_factory=list)

    @override
    def take(self, event_type: str, *, source: str = DE, **body: Any) -> Taken:
        """One record, as the ERP would publish it."""
        self.offset += 1
        return self.take_record(self.record(event_type, self.offset, source=source, body=body))

    def take_record(self, given: Record) -> Taken:
        reading = read_erp_record(given, registered())
        for customer_id in reading.customer_ids:
            if customer_id not in self.books.customers:
                number = reading.identity.customer_number
                self.books.customers[customer_id] = Customer(customer_id, given.source, number)
        taken = take_record(self.books, reading, moment=NOON)
        self.taken.append(taken)
        return taken

    def held_invoice(self, name: str = "I1", *, source: str = DE) -> Invoice:
        return self.books.invoices[object_id(source, "invoice", name)]

    def held_credit(self, name: str = "P1", *, kind: str = "payment", source: str = DE) -> Credit:
        return self.books.credits[object_id(source, kind, name)]

    @property
    def told(self) -> list[str]:
        return [type(one.fact).__name__ for one in self.books.told]

    def nets(self) -> dict[int, int]:
        """Net by account, in minor units; accounts at zero left out."""
        nets: dict[int, int] = {}
        for entry in self.books.entries:
            posting = entry.posting
            nets[posting.debit] = nets.get(posting.debit, 0) + posting.minor
            nets[posting.credit] = nets.get(posting.credit, 0) - posting.minor
        return {account: net for account, net in sorted(nets.items()) if net}

    def posted(self) -> dict[UUID, int]:
        """Net on the control accounts by item, from the entries alone."""
        nets: dict[UUID, int] = {}
        for entry in self.books.entries:
            posting = entry.posting
            for item, minor in (
                (posting.debit_item, posting.minor),
                (posting.credit_item, -posting.minor),
            ):
                if item is not None:
                    nets[item] = nets.get(item, 0) + minor
        return {item: net for item, net in nets.items() if net}

    def held(self) -> dict[UUID, int]:
        """The same as the items say: open amounts, and what credits have left as negative."""
        opens = {one.invoice_id: one.open_minor for one in self.books.invoices.values()}
        left = {one.credit_id: -one.unapplied_minor for one in self.books.credits.values()}
        return {item: net for item, net in (opens | left).items() if net}


@pytest.fixture
def desk() -> Desk:
    """An empty desk."""
    return Desk()


@pytest.fixture(scope="session")
def new_desk() -> type[Desk]:
    """For laws that need many desks."""
    return Desk


@pytest.fixture(scope="session")
def contract_codes() -> set[str]:
    """What a refused record may be called."""
    return CODES


@pytest.fixture(scope="session")
def moment() -> datetime:
    """When everything happens."""
    return NOON


@pytest.fixture(scope="session")
def pen() -> type[Pen]:
    """For doors other than the desk."""
    return Pen
