"""From the contract's events to the facts of the books: amounts to minor units, and every check that needs no state."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ledger.domain import checks
from ledger.domain.adjustment import AdjustmentBody
from ledger.domain.checks import NotYetSupported, amount_minor, day_in_range
from ledger.domain.countries import known_country
from ledger.domain.credit import CreditBody, Returned
from ledger.domain.direction import Direction
from ledger.domain.facts import (
    AdjustmentCancelled,
    AdjustmentPosted,
    AdjustmentRef,
    AllocationsSet,
    CreditCancelled,
    CreditPosted,
    CreditRef,
    CustomerTold,
    Fact,
    InvoiceCancelled,
    InvoicePosted,
    PaymentReturned,
)
from ledger.domain.invoice import InvoiceBody, ItemHold, Opening
from ledger.domain.line import Stamp
from ledger.handlers.hash_content import content_of
from ledger.handlers.read_identity import Identity
from shared.base.days import zone_of
from shared.base.errors import Refusal
from shared.base.money import decimal_text, exponent, minor_of
from shared.contracts import erp
from shared.contracts.company import Authority, Company, Source


class LegalEntityUnknown(Refusal):
    """Retryable: the company file may let the source speak for it later."""

    code = "legal-entity-unknown"


@dataclass(frozen=True, slots=True)
class Registered:
    """Sources of the company file by name."""

    sources: Mapping[str, Source]

    @classmethod
    def of(cls, company: Company) -> "Registered":
        return cls({source.source: source for source in company.sources})


def _entity(source: Source, code: str, pointer: str = "/legal_entity") -> str:
    if code not in source.legal_entities:
        raise LegalEntityUnknown(
            f"{source.source} does not speak for legal entity {code!r}", pointer=pointer
        )
    return code


def _stamp(event: Any, *, body: bool) -> Stamp:
    return Stamp(event.version, content_of(event), carries_body=body)


def _unsupported(event: Any, *fields: str) -> None:
    for field in fields:
        if getattr(event, field):
            raise NotYetSupported(f"{field} is not taken yet", pointer=f"/{field}")


def _credit(identity: Identity, source: Source) -> CreditRef:
    assert identity.object_id is not None
    ours = source.allocation is Authority.OURS
    return CreditRef(
        identity.object_id,
        identity.kind,
        source.source,
        identity.source_id,
        identity.customer_id,
        ours,
    )


def _directions(
    allocations: tuple[erp.ErpAllocation, ...], identity: Identity, currency: str | None
) -> tuple[Direction, ...]:
    """Allocations as directions; amounts are checked against the currency when it is known."""
    directions = []
    for place, (one, invoice_id) in enumerate(zip(allocations, identity.touched, strict=True)):
        pointer = f"/allocations/{place}"
        at_invoice = currency if one.credit_amount is None else None
        _amount(one.amount, at_invoice, f"{pointer}/amount")
        if one.credit_amount is not None:
            _amount(one.credit_amount, currency, f"{pointer}/credit_amount")
        for number, taken in enumerate(one.deductions):
            _amount(taken.amount, at_invoice, f"{pointer}/deductions/{number}/amount")
        deductions = tuple((taken.kind.value, taken.amount) for taken in one.deductions)
        directions.append(
            Direction(invoice_id, one.amount, one.instalment, one.credit_amount, deductions)
        )
    return tuple(directions)


def _amount(amount: Decimal, currency: str | None, pointer: str) -> None:
    if currency is None:
        checks.plain_amount(amount, pointer)
    else:
        amount_minor(amount, currency, pointer)


def _opening(event: Any) -> Opening | None:
    if (opening := event.opening) is None:
        return None
    day_in_range(opening.as_of, "/opening/as_of")
    return Opening(amount_minor(opening.open, event.currency, "/opening/open"), opening.as_of)


def customer_told(event: erp.ErpCustomerChanged, identity: Identity, source: Source) -> Fact:
    """The customer as the ERP describes it."""
    known_country(event.country)
    if event.time_zone is not None:
        zone_of(event.time_zone)
    if event.legal_entity is not None:
        _entity(source, event.legal_entity)
    if event.customer_since is not None:
        day_in_range(event.customer_since, "/customer_since")
    for place, hold in enumerate(event.holds):
        if hold.legal_entity is not None:
            _entity(source, hold.legal_entity, f"/holds/{place}/legal_entity")
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
        identity.object_id, _stamp(event, body=True), json.dumps(body), event.merged_into
    )


def invoice_posted(event: erp.ErpInvoicePosted, identity: Identity, source: Source) -> Fact:
    """The invoice as the ERP posted it."""
    _entity(source, event.legal_entity)
    total, tax_minor = _invoiced(event)
    day_in_range(event.issued_on, "/issued_on")
    day_in_range(event.due_on, "/due_on")
    checks.check_due(event.issued_on, event.due_on)
    _unsupported(event, "instalments", "discounts")

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
        _opening(event) if event.opening else None,
        _holds(event) if event.holds else (),
    )
    assert identity.object_id is not None
    assert identity.customer_id is not None
    return InvoicePosted(
        identity.object_id,
        source.source,
        event.invoice_id,
        identity.customer_id,
        _stamp(event, body=True),
        body,
    )


def _invoiced(event: erp.ErpInvoicePosted) -> tuple[int, int]:
    """Total and tax in minor units; refuses amounts that do not add up."""
    exponent(event.currency)
    total = amount_minor(event.total, event.currency, "/total")
    net = amount_minor(event.net, event.currency, "/net") if event.net is not None else None
    tax = amount_minor(event.tax, event.currency, "/tax") if event.tax is not None else None
    parts = [amount_minor(one.amount, event.currency, "/instalments") for one in event.instalments]
    checks.check_instalments(parts, total)
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
        _stamp(event, body=False),
        event.cancelled_on,
    )


def credit_note_posted(event: erp.ErpCreditNotePosted, identity: Identity, source: Source) -> Fact:
    """The credit note as the ERP posted it."""
    _entity(source, event.legal_entity)
    exponent(event.currency)
    total = amount_minor(event.total, event.currency, "/total")
    net = amount_minor(event.net, event.currency, "/net") if event.net is not None else None
    tax = amount_minor(event.tax, event.currency, "/tax") if event.tax is not None else None
    body = CreditBody(
        event.legal_entity,
        day_in_range(event.issued_on, "/issued_on"),
        event.currency,
        total,
        checks.tax_minor(total, net, tax),
        event.credit_note_number,
        event.kind.value,
        opening=_opening(event),
        directions=_inline(event.allocations, identity, event.currency, total),
    )
    return CreditPosted(_credit(identity, source), _stamp(event, body=True), body)


def payment_received(event: erp.ErpPaymentReceived, identity: Identity, source: Source) -> Fact:
    """The payment as the ERP received it."""
    _entity(source, event.legal_entity)
    exponent(event.currency)
    amount = amount_minor(event.amount, event.currency, "/amount")
    body = CreditBody(
        event.legal_entity,
        day_in_range(event.value_date, "/value_date"),
        event.currency,
        amount,
        kind=event.method.value,
        reference=event.reference,
        bank_reference=event.bank_reference,
        opening=_opening(event),
        directions=_inline(event.allocations, identity, event.currency, amount),
    )
    return CreditPosted(_credit(identity, source), _stamp(event, body=True), body)


def _inline(
    allocations: tuple[erp.ErpAllocation, ...] | None,
    identity: Identity,
    currency: str,
    credit_minor: int,
) -> tuple[Direction, ...] | None:
    if allocations is None:
        return None
    directions = _directions(allocations, identity, currency)
    checks.check_allocations((one.cost_minor(currency) for one in directions), credit_minor)
    return directions


def credit_cancelled(
    event: erp.ErpCreditNoteCancelled | erp.ErpPaymentCancelled, identity: Identity, source: Source
) -> Fact:
    """The credit note is void, or the payment never was."""
    day_in_range(event.cancelled_on, "/cancelled_on")
    return CreditCancelled(_credit(identity, source), _stamp(event, body=False), event.cancelled_on)


def payment_returned(event: erp.ErpPaymentReturned, identity: Identity, source: Source) -> Fact:
    """The payment's money went back, in whole or in part."""
    day_in_range(event.returned_on, "/returned_on")
    amount = checks.plain_amount(event.amount, "/amount") if event.amount is not None else None
    returned = Returned(amount, event.returned_on, event.reason.value)
    return PaymentReturned(_credit(identity, source), _stamp(event, body=False), returned)


def allocations_set(event: erp.ErpAllocationsSet, identity: Identity, source: Source) -> Fact:
    """The ERP's word on where a credit belongs."""
    directions = _directions(event.allocations, identity, None)
    return AllocationsSet(_credit(identity, source), _stamp(event, body=True), directions)


def adjustment_posted(event: erp.ErpAdjustmentPosted, identity: Identity, source: Source) -> Fact:
    """Something taken off an item, or put back."""
    _entity(source, event.legal_entity)
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
    return AdjustmentPosted(_adjustment(identity, source), _stamp(event, body=True), body)


def adjustment_cancelled(
    event: erp.ErpAdjustmentCancelled, identity: Identity, source: Source
) -> Fact:
    """The adjustment is void."""
    day_in_range(event.cancelled_on, "/cancelled_on")
    stamp = _stamp(event, body=False)
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
}
"""Which function understands which event."""
