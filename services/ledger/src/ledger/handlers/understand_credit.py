"""From the contract's events of payments and credit notes to the facts of the books."""

from decimal import Decimal
from typing import Any

from ledger.domain import checks
from ledger.domain.checks import amount_minor, day_in_range
from ledger.domain.credit import CreditBody, Returned
from ledger.domain.direction import Direction
from ledger.domain.facts import (
    AllocationsSet,
    CreditCancelled,
    CreditPosted,
    CreditRef,
    Fact,
    PaymentReturned,
)
from ledger.domain.invoice import Opening
from ledger.handlers.know_source import entity_of, stamp_of
from ledger.handlers.read_identity import Identity
from shared.base.money import exponent
from shared.contracts import erp
from shared.contracts.company import Authority, Source


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


def opening_of(event: Any) -> Opening | None:
    """What was open when the books began, in minor units of the event's currency."""
    if (opening := event.opening) is None:
        return None
    day_in_range(opening.as_of, "/opening/as_of")
    return Opening(amount_minor(opening.open, event.currency, "/opening/open"), opening.as_of)


def credit_note_posted(event: erp.ErpCreditNotePosted, identity: Identity, source: Source) -> Fact:
    """The credit note as the ERP posted it."""
    entity_of(source, event.legal_entity)
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
        opening=opening_of(event),
        directions=_inline(event.allocations, identity, event.currency, total),
    )
    stamp = stamp_of(event, body=True)
    return CreditPosted(_credit(identity, source), stamp, body, event.request_id)


def payment_received(event: erp.ErpPaymentReceived, identity: Identity, source: Source) -> Fact:
    """The payment as the ERP received it."""
    entity_of(source, event.legal_entity)
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
        opening=opening_of(event),
        directions=_inline(event.allocations, identity, event.currency, amount),
    )
    stamp = stamp_of(event, body=True)
    return CreditPosted(_credit(identity, source), stamp, body, event.request_id)


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
    return CreditCancelled(
        _credit(identity, source), stamp_of(event, body=False), event.cancelled_on
    )


def payment_returned(event: erp.ErpPaymentReturned, identity: Identity, source: Source) -> Fact:
    """The payment's money went back, in whole or in part."""
    day_in_range(event.returned_on, "/returned_on")
    amount = checks.plain_amount(event.amount, "/amount") if event.amount is not None else None
    returned = Returned(amount, event.returned_on, event.reason.value)
    return PaymentReturned(_credit(identity, source), stamp_of(event, body=False), returned)


def allocations_set(event: erp.ErpAllocationsSet, identity: Identity, source: Source) -> Fact:
    """The ERP's word on where a credit belongs."""
    directions = _directions(event.allocations, identity, None)
    return AllocationsSet(_credit(identity, source), stamp_of(event, body=True), directions)
