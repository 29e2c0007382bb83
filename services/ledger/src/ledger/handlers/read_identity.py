"""What a record is about: its object, version, customer and the items it touches, even when the rest is unreadable."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from ledger.domain.credit import CREDIT_NOTE, PAYMENT
from ledger.domain.run import RUN
from shared.base.ids import object_id
from shared.contracts import erp
from shared.contracts.erp import TEXT_CHARACTERS_MAX, VERSION_MAX
from shared.messaging.cloudevents import Record

ADJUSTMENT, CUSTOMER, INVOICE, REQUEST = "adjustment", "customer", "invoice", "request"
OBJECT, ALLOCATIONS = "object", "allocations"
"""The two version lines a credit has; everything else has the first alone, but a run has a line per statement."""

TOUCHED_MAX = 2_000

NAMED_BY: Mapping[str, tuple[str, str]] = {
    erp.ErpCustomerChanged.TYPE: (CUSTOMER, "customer_number"),
    erp.ErpInvoicePosted.TYPE: (INVOICE, "invoice_id"),
    erp.ErpInvoiceCancelled.TYPE: (INVOICE, "invoice_id"),
    erp.ErpCreditNotePosted.TYPE: (CREDIT_NOTE, "credit_note_id"),
    erp.ErpCreditNoteCancelled.TYPE: (CREDIT_NOTE, "credit_note_id"),
    erp.ErpPaymentReceived.TYPE: (PAYMENT, "payment_id"),
    erp.ErpPaymentReturned.TYPE: (PAYMENT, "payment_id"),
    erp.ErpPaymentCancelled.TYPE: (PAYMENT, "payment_id"),
    erp.ErpAdjustmentPosted.TYPE: (ADJUSTMENT, "adjustment_id"),
    erp.ErpAdjustmentCancelled.TYPE: (ADJUSTMENT, "adjustment_id"),
    erp.ErpRequestRefused.TYPE: (REQUEST, "request_id"),
    erp.ErpOpenItemsStated.TYPE: (RUN, "run_id"),
    erp.ErpOpenItemsCompleted.TYPE: (RUN, "run_id"),
}
"""Event type → kind of its object, and the field with the object's id."""

RUN_LINES: Mapping[str, str] = {
    erp.ErpOpenItemsStated.TYPE: "stated",
    erp.ErpOpenItemsCompleted.TYPE: "end",
}
"""The two kinds of record that a run has."""


class Identity(NamedTuple):
    """`source_id` is the ERP's id, verbatim; `touched` are the objects, by our ids, whose customers it concerns."""

    kind: str = ""
    source_id: str = ""
    object_id: UUID | None = None
    line: str = OBJECT
    version: int | None = None
    customer_id: UUID | None = None
    customer_number: str = ""
    touched: tuple[UUID, ...] = ()


NOTHING = Identity()


def identity_of(source: str, event: Any) -> Identity:
    """What a validated event is about."""
    if isinstance(event, erp.ErpAllocationsSet):
        kind, source_id, line = event.credit.kind.value, event.credit.id, ALLOCATIONS
    else:
        kind, field = NAMED_BY[event.TYPE]
        source_id, line = getattr(event, field), _line(event.TYPE, event.__dict__)
    number = event.__dict__.get("customer_number")
    item, allocations = event.__dict__.get("item"), event.__dict__.get("allocations") or ()
    touched = [object_id(source, INVOICE, one.invoice_id) for one in allocations]
    if item is not None:
        touched.append(object_id(source, item.kind.value, item.id))
    return Identity(
        kind,
        source_id,
        object_id(source, kind, source_id),
        line,
        event.__dict__.get("version"),
        object_id(source, CUSTOMER, number) if number else None,
        number or "",
        tuple(touched),
    )


def identity_in(record: Record) -> Identity:
    """What an invalid record seems to be about: whatever of it can be made out."""
    try:
        body = json.loads(record.data)
    except (ValueError, RecursionError):
        return NOTHING
    if not isinstance(body, dict) or not record.source:
        return NOTHING

    source, (kind, source_id, line) = record.source, _object(record.type, body)
    number, version = _text(body.get("customer_number")), body.get("version")
    touched = [object_id(source, *one) for one in _items(body)][:TOUCHED_MAX]
    return Identity(
        kind,
        source_id,
        object_id(source, kind, source_id) if source_id else None,
        line,
        version if type(version) is int and 1 <= version <= VERSION_MAX else None,
        object_id(source, CUSTOMER, number) if number else None,
        number,
        tuple(touched),
    )


def _object(event_type: str, body: Mapping[str, Any]) -> tuple[str, str, str]:
    if event_type == erp.ErpAllocationsSet.TYPE:
        credit = body.get("credit")
        if isinstance(credit, dict) and credit.get("kind") in (PAYMENT, CREDIT_NOTE):
            return credit["kind"], _text(credit.get("id")), ALLOCATIONS
        return "", "", ALLOCATIONS
    kind, field = NAMED_BY.get(event_type, ("", ""))
    return kind, _text(body.get(field)), _line(event_type, body)


def _line(event_type: str, body: Mapping[str, Any]) -> str:
    """Which word of a run it is: a part of a customer's statement, or the end."""
    said = RUN_LINES.get(event_type)
    if said is None:
        return OBJECT
    words = (body.get(name, "") for name in ("legal_entity", "as_of", "customer_number", "part"))
    return " ".join([said, *(_text(str(word or "")) for word in words)])


def _items(body: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    allocations, item = body.get("allocations"), body.get("item")
    for one in allocations if isinstance(allocations, list) else ():
        if isinstance(one, dict) and (invoice_id := _text(one.get("invoice_id"))):
            yield INVOICE, invoice_id
    if isinstance(item, dict) and _text(item.get("kind")) and (item_id := _text(item.get("id"))):
        yield item["kind"], item_id


def _text(value: Any) -> str:
    """A usable id: text as long as the contract allows, of characters that a database keeps."""
    if not isinstance(value, str) or len(value) > TEXT_CHARACTERS_MAX or "\x00" in value:
        return ""
    return value if value.isprintable() or _is_unicode(value) else ""


def _is_unicode(text: str) -> bool:
    """Whether it is free of lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
