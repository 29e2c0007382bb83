"""From the contract's events to the facts of the books: amounts to minor units, and every check that needs no state."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from ledger.domain import checks
from ledger.domain.adjustment import AdjustmentBody
from ledger.domain.checks import amount_minor, day_in_range
from ledger.domain.countries import known_country
from ledger.domain.facts import (
    AdjustmentCancelled,
    AdjustmentPosted,
    AdjustmentRef,
    CustomerTold,
    Fact,
    InvoiceCancelled,
    InvoicePosted,
)
from ledger.domain.invoice import InvoiceBody, ItemHold
from ledger.handlers.know_source import entity_of, stamp_of
from ledger.handlers.read_identity import Identity
from ledger.handlers.understand_answer import request_refused
from ledger.handlers.understand_credit import (
    allocations_set,
    credit_cancelled,
    credit_note_posted,
    opening_of,
    payment_received,
    payment_returned,
)
from ledger.handlers.understand_terms import terms_of
from shared.base.days import zone_of
from shared.base.money import decimal_text, exponent, minor_of
from shared.contracts import erp
from shared.contracts.company import Source


def customer_told(event: erp.ErpCustomerChanged, identity: Identity, source: Source) -> Fact:
    """The customer as the ERP describes it."""
    known_country(event.country)
    if event.time_zone is not None:
        zone_of(event.time_zone)
    if event.legal_entity is not None:
        entity_of(source, event.legal_entity)
    if event.customer_since is not None:
        day_in_range(event.customer_since, "/customer_since")
    for place, hold in enumerate(event.holds):
        if hold.legal_entity is not None:
            entity_of(source, hold.legal_entity, f"/holds/{place}/legal_entity")
        if hold.until is not None:
            day_in_range(hold.until, f"/holds/{place}/until")

    body = event.model_dump(
        mode="json", exclude={"customer_number", "version", "credit_limit"}, exclude_none=True
    )
    if (limit := event.credit_limit) is not None:
        exponent(limit.currency, pointer="/credit_limit/currency")
        minor = amount_minor(limit.amount, limit.currency, "/credit_limit/amount")
        body["credit_limit"] = {
            "amount": decimal_text(minor, limit.currency),
            "currency": limit.currency,
        }
    assert identity.object_id is not None
    return CustomerTold(
        identity.object_id, stamp_of(event, body=True), json.dumps(body), event.merged_into
    )


def invoice_posted(event: erp.ErpInvoicePosted, identity: Identity, source: Source) -> Fact:
    """The invoice as the ERP posted it."""
    entity_of(source, event.legal_entity)
    total, tax_minor = _invoiced(event)
    day_in_range(event.issued_on, "/issued_on")
    day_in_range(event.due_on, "/due_on")
    checks.check_due(event.issued_on, event.due_on)
    body = InvoiceBody(
        event.invoice_number,
        event.kind.value,
        event.legal_entity,
        event.issued_on,
        event.due_on,
        event.currency,
        total,
        tax_minor,
        event.payment_method and event.payment_method.value,
        event.payment_reference,
        event.purchase_order,
        event.document_url,
        opening_of(event) if event.opening else None,
        _holds(event) if event.holds else (),
        terms_of(event, total, source) if event.instalments or event.discounts else None,
    )
    assert identity.object_id is not None
    assert identity.customer_id is not None
    return InvoicePosted(
        identity.object_id,
        source.source,
        event.invoice_id,
        identity.customer_id,
        stamp_of(event, body=True),
        body,
    )


def _invoiced(event: erp.ErpInvoicePosted) -> tuple[int, int]:
    """Total and tax in minor units; refuses amounts that do not add up."""
    exponent(event.currency)
    total = amount_minor(event.total, event.currency, "/total")
    net = amount_minor(event.net, event.currency, "/net") if event.net is not None else None
    tax = amount_minor(event.tax, event.currency, "/tax") if event.tax is not None else None
    return total, checks.tax_minor(total, net, tax)


def _holds(event: erp.ErpInvoicePosted) -> tuple[ItemHold, ...]:
    holds = []
    for place, hold in enumerate(event.holds):
        amount = None
        if hold.amount is not None:
            minor = amount_minor(hold.amount, event.currency, f"/holds/{place}/amount")
            amount = decimal_text(minor, event.currency)
        if hold.until is not None:
            day_in_range(hold.until, f"/holds/{place}/until")
        holds.append(ItemHold(hold.reason, amount, hold.until))
    return tuple(holds)


def invoice_cancelled(event: erp.ErpInvoiceCancelled, identity: Identity, source: Source) -> Fact:
    """The invoice is void."""
    day_in_range(event.cancelled_on, "/cancelled_on")
    assert identity.object_id is not None
    return InvoiceCancelled(
        identity.object_id,
        source.source,
        event.invoice_id,
        identity.customer_id,
        stamp_of(event, body=False),
        event.cancelled_on,
    )


def adjustment_posted(event: erp.ErpAdjustmentPosted, identity: Identity, source: Source) -> Fact:
    """Something taken off an item, or put back."""
    entity_of(source, event.legal_entity)
    exponent(event.currency)
    checks.finite_amount(event.amount, "/amount")
    body = AdjustmentBody(
        event.legal_entity,
        event.currency,
        identity.touched[0],
        minor_of(event.amount, event.currency, pointer="/amount"),
        event.reason.value,
        day_in_range(event.posted_on, "/posted_on"),
        event.item.instalment,
        event.request_id,
    )
    return AdjustmentPosted(_adjustment(identity, source), stamp_of(event, body=True), body)


def adjustment_cancelled(
    event: erp.ErpAdjustmentCancelled, identity: Identity, source: Source
) -> Fact:
    """The adjustment is void."""
    day_in_range(event.cancelled_on, "/cancelled_on")
    stamp = stamp_of(event, body=False)
    return AdjustmentCancelled(_adjustment(identity, source), stamp, event.cancelled_on)


def _adjustment(identity: Identity, source: Source) -> AdjustmentRef:
    assert identity.object_id is not None
    return AdjustmentRef(
        identity.object_id, source.source, identity.source_id, identity.customer_id
    )


UNDERSTOOD: Mapping[type, Callable[[Any, Identity, Source], Fact]] = {
    erp.ErpCustomerChanged: customer_told,
    erp.ErpInvoicePosted: invoice_posted,
    erp.ErpInvoiceCancelled: invoice_cancelled,
    erp.ErpCreditNotePosted: credit_note_posted,
    erp.ErpCreditNoteCancelled: credit_cancelled,
    erp.ErpPaymentReceived: payment_received,
    erp.ErpPaymentReturned: payment_returned,
    erp.ErpPaymentCancelled: credit_cancelled,
    erp.ErpAllocationsSet: allocations_set,
    erp.ErpAdjustmentPosted: adjustment_posted,
    erp.ErpAdjustmentCancelled: adjustment_cancelled,
    erp.ErpRequestRefused: request_refused,
}
"""Which function understands which event."""
