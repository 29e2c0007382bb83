"""Write what a document of an export is: an invoice, perhaps with the payment that settled it, or a credit."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ledger.domain.header_words import plain
from ledger.handlers.name_refusal import FieldMissing
from ledger.handlers.read_row import Cells, Reader
from ledger.handlers.write_customer import write_event
from shared.base.errors import Refusal
from shared.contracts import erp
from shared.contracts.erp import ErpEvent
from shared.contracts.import_profile import DocumentType, RowsAre

TYPES: Mapping[str, DocumentType] = {
    word: kind
    for kind, words in {
        DocumentType.INVOICE: "invoice inv dr rv accrec salesinvoice rechnung re bill standard",
        DocumentType.DEBIT_NOTE: "debitnote dn",
        DocumentType.JOURNAL: "journal journalentry ab sa",
        DocumentType.CREDIT_NOTE: "creditnote creditmemo dg accreccredit salescreditnote gutschrift",
        DocumentType.PAYMENT: "payment dz paymententry receipt zahlung",
    }.items()
    for word in words.split()
}
"""What exports call their documents; the profile's `document_types` adds to them."""

NOT_POSTED = ("draft", "submitted", "deleted", "voided", "void", "cancelled", "canceled", "entwurf")
CREDIT_SIGNS = ("h", "c", "cr", "credit", "haben")


class DocumentTypeUnknown(Refusal):
    """The profile must say in `document_types` what it is."""

    code = "document-type-unknown"


class StatusNotPosted(Refusal):
    """A draft, or a document that was voided, is not owed."""

    code = "status-not-posted"


class SettledInFuture(Refusal):
    """A settled date that has not come yet is a forecast."""

    code = "settled-in-future"


class LinesDiffer(Refusal):
    """Rows of one document repeat its total, but not the same."""

    code = "lines-differ"


def write_document(reader: Reader, rows: Sequence[Cells]) -> list[ErpEvent]:
    """The events of one document, whose lines these rows are."""
    cells = rows[0]
    kind, total = _type_of(reader, cells), _total(reader, rows)
    status = plain(reader.text(cells, "status"))
    if status in NOT_POSTED:
        raise StatusNotPosted(f"its status is {status}", pointer="/status")
    if plain(reader.text(cells, "sign")) in CREDIT_SIGNS:
        total = -abs(total)

    if kind is DocumentType.LEFT_OUT:
        return []
    if kind is DocumentType.PAYMENT:
        return [_payment(reader, cells, abs(total))]
    if total < 0 or kind is DocumentType.CREDIT_NOTE:
        return [_credit_note(reader, cells, abs(total), kind)]
    return _invoice(reader, rows, total, kind)


def _invoice(
    reader: Reader, rows: Sequence[Cells], total: Decimal, kind: DocumentType
) -> list[ErpEvent]:
    cells, settled = rows[0], reader.day(rows[0], "settled_on")
    if settled is not None and settled > reader.as_of:
        raise SettledInFuture(
            f"settled on {settled}, the file is of {reader.as_of}", pointer="/settled_on"
        )
    issued = reader.needed_day(cells, "issued_on")
    adding = reader.profile.rows is RowsAre.LINES_TO_ADD_UP
    invoice_id = _document_id(reader, cells)
    invoice = write_event(
        erp.ErpInvoicePosted,
        invoice_id=invoice_id,
        invoice_number=reader.number(cells, "invoice_number") or invoice_id,
        kind=kind.value,
        issued_on=issued,
        due_on=_due(reader, cells, issued),
        total=total,
        net=None if adding else reader.amount(cells, "net"),
        tax=None if adding else reader.amount(cells, "tax"),
        payment_reference=reader.text(cells, "payment_reference"),
        purchase_order=reader.text(cells, "purchase_order"),
        opening=None if settled else _opening(reader, cells),
        **_whose(reader, cells),
    )
    return [invoice, _settling(reader, invoice, settled)] if settled and total else [invoice]


def _settling(reader: Reader, invoice: Any, day: date) -> ErpEvent:
    """The payment that a settled date tells of: all of the invoice, on that day."""
    return write_event(
        erp.ErpPaymentReceived,
        payment_id=f"{invoice.invoice_id}:settled",
        version=reader.version,
        customer_number=invoice.customer_number,
        legal_entity=invoice.legal_entity,
        value_date=day,
        currency=invoice.currency,
        amount=invoice.total,
        method=erp.PaymentMethod.OTHER,
        allocations=({"invoice_id": invoice.invoice_id, "amount": invoice.total},),
    )


def _credit_note(reader: Reader, cells: Cells, total: Decimal, kind: DocumentType) -> ErpEvent:
    note_id = _document_id(reader, cells)
    settled = reader.day(cells, "settled_on")
    nothing_left = {"open": Decimal(0), "as_of": reader.as_of}
    return write_event(
        erp.ErpCreditNotePosted,
        credit_note_id=note_id,
        credit_note_number=reader.number(cells, "invoice_number") or note_id,
        kind="journal" if kind is DocumentType.JOURNAL else "credit-note",
        issued_on=reader.needed_day(cells, "issued_on"),
        total=total,
        opening=nothing_left if settled else _opening(reader, cells),
        **_whose(reader, cells),
    )


def _payment(reader: Reader, cells: Cells, amount: Decimal) -> ErpEvent:
    """A payment among the documents of a customer's account."""
    return write_event(
        erp.ErpPaymentReceived,
        payment_id=_document_id(reader, cells),
        value_date=reader.needed_day(cells, "issued_on"),
        amount=amount,
        method=erp.PaymentMethod.OTHER,
        opening=_opening(reader, cells),
        **_whose(reader, cells),
    )


def _whose(reader: Reader, cells: Cells) -> dict[str, Any]:
    """What all documents say alike."""
    return {
        "version": reader.version,
        "customer_number": reader.customer_number(cells),
        "legal_entity": reader.legal_entity(cells),
        "currency": reader.currency(cells),
    }


def _opening(reader: Reader, cells: Cells) -> dict[str, Any] | None:
    still = reader.amount(cells, "open")
    return None if still is None else {"open": abs(still), "as_of": reader.as_of}


def _total(reader: Reader, rows: Sequence[Cells]) -> Decimal:
    """The document's total: said once, said the same on every line, or the sum of its lines."""
    if reader.profile.rows is RowsAre.LINES_TO_ADD_UP:
        return sum((_line(reader, cells) for cells in rows), Decimal(0))
    totals = {_stated(reader, cells) for cells in rows}
    if len(totals) > 1:
        said = " and ".join(map(str, sorted(totals)))
        raise LinesDiffer(f"its rows say {said}", pointer="/total")
    return totals.pop()


def _stated(reader: Reader, cells: Cells) -> Decimal:
    for said in ("total", "open"):
        amount = reader.amount(cells, said)
        if amount is not None:
            return amount
    raise FieldMissing("there is no amount", pointer="/total")


def _line(reader: Reader, cells: Cells) -> Decimal:
    amount = reader.amount(cells, "line_amount")
    if amount is None:
        price = reader.amount(cells, "unit_price")
        if price is None:
            raise FieldMissing("there is no amount", pointer="/unit_price")
        quantity = reader.amount(cells, "quantity")
        amount = price if quantity is None else price * quantity
    return amount + (reader.amount(cells, "line_tax") or 0)


def _due(reader: Reader, cells: Cells, issued: date) -> date:
    due = reader.day(cells, "due_on")
    if due is not None:
        return due
    terms = reader.amount(cells, "terms_days")
    days = reader.profile.terms_days if terms is None else int(terms)
    if days is None:
        raise FieldMissing("there is no due date, and no terms_days", pointer="/due_on")
    try:
        return (reader.day(cells, "baseline_on") or issued) + timedelta(days=days)
    except OverflowError:
        raise FieldMissing(f"{days} days are no terms", pointer="/terms_days") from None


def _document_id(reader: Reader, cells: Cells) -> str:
    return reader.number(cells, "invoice_id") or reader.needed(cells, "invoice_number")


def _type_of(reader: Reader, cells: Cells) -> DocumentType:
    said = reader.text(cells, "document_type")
    kind = reader.profile.document_types.get(said) or TYPES.get(plain(said))
    if said and kind is None:
        raise DocumentTypeUnknown(
            f"say in document_types what {said[:40]!r} is", pointer="/document_type"
        )
    return kind or DocumentType.INVOICE
