"""Tell what an event changed: each invoice and credit whose state the outside would now see differently."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from ledger.domain.books import (
    Books,
    CreditBefore,
    InvoiceBefore,
    applied_of,
    face_of,
    seen_of,
)
from ledger.domain.credit import NOBODY, PAYMENT, Credit, CreditBody
from ledger.domain.customer import Customer
from ledger.domain.invoice import Invoice
from ledger.domain.request import ENTERED_AS, Request
from ledger.handlers.state_of_invoice import state_of_invoice
from shared.base.clock import Moment
from shared.base.money import decimal_text
from shared.contracts import erp
from shared.contracts import ledger as told

STATES_CHARACTERS_MAX = 100_000
"""More than this of invoices does not travel inside a credit's fact: a message has at most 1 MiB."""
STATE_CHARACTERS = 800
"""About as much as an invoice's state takes without its free texts."""

_PAYMENT_FACTS: dict[str, type[told.PaymentEvent]] = {
    "received": told.PaymentReceived,
    "returned": told.PaymentReturned,
    "cancelled": told.PaymentCancelled,
}
_CREDIT_FACTS: dict[str, type[told.CreditEvent]] = {
    "posted": told.CreditPosted,
    "cancelled": told.CreditCancelled,
}


def tell_changes(books: Books, *, moment: Moment) -> None:
    """Raise the version of what changed, keep its history, and announce it: invoices first, then what moved them.

    An invoice that only a credit of its own customer moved travels inside that credit's fact.
    """
    states: dict[UUID, dict[str, Any]] = {}
    untold: set[UUID] = set()
    for invoice_id, before in books.invoices_before.items():
        invoice = books.invoices[invoice_id]
        if invoice.body is not None and before != seen_of(invoice):
            invoice.version += 1
            state = states[invoice_id] = state_of_invoice(invoice)
            changes = list(_invoice_facts(before, invoice))
            for fact in changes:
                books.announce(fact(**state))
            if not changes:
                untold.add(invoice_id)
            _remember(books, invoice, changes[0].__name__ if changes else "InvoiceApplied", moment)
    for credit_id, earlier in books.credits_before.items():
        untold -= _tell_credit(books, books.credits[credit_id], earlier, states)
    for invoice_id, state in states.items():
        if invoice_id in untold:
            books.announce(told.InvoiceAmended(**state))


def tell_customer(books: Books, customer: Customer) -> None:
    """Announce the customer as it is now, doubts included."""
    customer.version += 1
    doubts = tuple(
        told.Doubt(code=one.code, since=one.since, record=one.record)
        for one in customer.told_doubts()
    )
    books.announce(
        told.CustomerChanged(
            customer_id=customer.customer_id,
            version=customer.version,
            source=customer.source,
            customer_number=customer.customer_number,
            known=customer.known,
            doubts=doubts,
            **json.loads(customer.body),
        )
    )


def _invoice_facts(before: InvoiceBefore, invoice: Invoice) -> Iterator[type[told.InvoiceEvent]]:
    """Which facts this change is; none when only what is open moved (then the credit that moved it is told)."""
    status = invoice.status
    differs = (before.body, before.withheld_minor) != (invoice.body, invoice.withheld_minor)
    if status == "cancelled":
        if before.status != "cancelled":
            yield told.InvoiceCancelled
        elif differs:
            yield told.InvoiceAmended
        return
    if not before.status:
        yield told.InvoiceOpened
    elif differs:
        yield told.InvoiceAmended
    if status == "settled" and before.status != "settled":
        yield told.InvoiceSettled
    elif before.status in {"settled", "cancelled"} and status == "open":
        yield told.InvoiceReopened


def _remember(books: Books, invoice: Invoice, change: str, moment: Moment) -> None:
    body = invoice.body
    assert body is not None
    name = change.removeprefix("Invoice").lower()
    books.history.append(
        (
            invoice.invoice_id,
            invoice.version,
            moment,
            name,
            invoice.status,
            body.invoice_number,
            body.total_minor,
            invoice.open_minor,
            body.due_on,
            body.terms,
        )
    )


def _tell_credit(
    books: Books, credit: Credit, before: CreditBefore, states: dict[UUID, dict[str, Any]]
) -> set[UUID]:
    """Announce one credit with every invoice of its customer that moved with it; answers those.

    Money of nobody is told when it gains its customer.
    """
    applied = applied_of(credit)
    if credit.body is None or credit.customer_id == NOBODY:
        return set()
    news = credit.status != before.status or face_of(credit) != before.face or not credit.version
    if not news and applied == before.applied:
        return set()

    credit.version += 1
    carried = {
        invoice_id: state
        for invoice_id, state in states.items()
        if applied.get(invoice_id) != before.applied.get(invoice_id)
        and state["customer_id"] == credit.customer_id
    }
    if sum(map(_characters, carried.values())) > STATES_CHARACTERS_MAX:
        carried = {}
    moved = tuple(told.Invoice(**state) for state in carried.values())
    asked = _asked_for(books, credit)
    if credit.kind == PAYMENT:
        payment = _PAYMENT_FACTS[credit.status] if news else told.PaymentApplied
        books.announce(payment_fact(payment, credit, credit.body, moved, asked))
    else:
        note = _CREDIT_FACTS[credit.status] if news else told.CreditApplied
        books.announce(credit_note_fact(note, credit, credit.body, moved, asked))
    return set(carried)


def _asked_for(books: Books, credit: Credit) -> Request | None:
    """What we asked the ERP for, where that is our entry for it, or the ERP's answer."""
    requests = books.requests.by_id.values()
    alike = (one for one in requests if ENTERED_AS.get(one.asked.kind) == credit.kind)
    if credit.provisional:
        return next((one for one in alike if one.asked.name == credit.source_id), None)
    return next((one for one in alike if one.answered_by == credit.credit_id), None)


def _characters(state: dict[str, Any]) -> int:
    texts = [state[name] or "" for name in ("payment_reference", "purchase_order", "document_url")]
    return (
        STATE_CHARACTERS + len("".join(texts)) + sum(len(hold["reason"]) for hold in state["holds"])
    )


def _allocations(credit: Credit, currency: str) -> tuple[told.Allocation, ...]:
    return tuple(
        told.Allocation(
            invoice_id=invoice_id,
            amount=decimal_text(one.applied_minor, one.currency),
            credit_amount=None
            if (one.spent_minor, currency) == (one.applied_minor, one.currency)
            else decimal_text(one.spent_minor, currency),
            provisional=one.provisional,
        )
        for invoice_id, one in credit.applications.items()
        if one.applied_minor
    )


def payment_fact(
    fact: type[told.PaymentEvent],
    credit: Credit,
    body: CreditBody,
    moved: tuple[told.Invoice, ...],
    asked: Request | None = None,
) -> told.PaymentEvent:
    return fact(
        payment_id=credit.credit_id,
        customer_id=credit.customer_id,
        version=credit.version,
        source=credit.source,
        source_id=credit.source_id,
        legal_entity=body.legal_entity,
        value_date=body.on,
        currency=body.currency,
        amount=decimal_text(body.minor, body.currency),
        returned=decimal_text(credit.returned_minor, body.currency),
        unapplied=decimal_text(credit.unapplied_minor, body.currency),
        method=erp.PaymentMethod(body.kind),
        reference=body.reference,
        status=told.PaymentStatus(credit.status),
        return_reason=erp.ReturnReason(credit.back.reason) if credit.back else None,
        returned_on=credit.back.on if credit.back else None,
        allocations=_allocations(credit, body.currency),
        invoices=moved,
        answered_by=asked.answered_by if asked is not None and credit.provisional else None,
    )


def credit_note_fact(
    fact: type[told.CreditEvent],
    credit: Credit,
    body: CreditBody,
    moved: tuple[told.Invoice, ...],
    asked: Request | None = None,
) -> told.CreditEvent:
    return fact(
        credit_note_id=credit.credit_id,
        customer_id=credit.customer_id,
        version=credit.version,
        source=credit.source,
        source_id=credit.source_id,
        credit_note_number=body.number,
        kind=erp.CreditNoteKind(body.kind),
        legal_entity=body.legal_entity,
        issued_on=body.on,
        currency=body.currency,
        total=decimal_text(body.minor, body.currency),
        unapplied=decimal_text(credit.unapplied_minor, body.currency),
        status=told.CreditStatus(credit.status),
        allocations=_allocations(credit, body.currency),
        invoices=moved,
        answers=asked.asked.name if asked is not None and not credit.provisional else None,
        answered_by=asked.answered_by if asked is not None and credit.provisional else None,
    )
