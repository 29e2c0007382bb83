"""Events that must be refused by name, each in its own way, and their correction some days later."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from play.cast.customers import Customer
from play.erp.bodies import customer_body, invoice_body, payment_body
from play.erp.documents import Part
from play.record import REFUSED
from play.scenes.trade import life_of
from play.scenes.world import Scene, World
from shared.contracts.erp import (
    ErpCustomerChanged,
    ErpEvent,
    ErpInvoicePosted,
    ErpPaymentReceived,
    PaymentMethod,
)

Body = dict[str, Any]
FOREIGN_SOURCE = "urn:acme:erp:fr01"


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to be refused. `spoil` damages the good body; `corrected`: the ERP's next version mends it."""

    code: str
    of: type[ErpEvent]
    spoil: Callable[[Body], None]
    corrected: bool = True
    directed: bool = True
    type: str = ""
    source: str = ""
    raw: bytes = b""


def _set(**values: Any) -> Callable[[Body], None]:
    return lambda body: body.update(values)


def _drop(field: str) -> Callable[[Body], None]:
    return lambda body: body.pop(field)


def _tax_too_high(body: Body) -> None:
    body["tax"] = "99.99"


def _due_before_issued(body: Body) -> None:
    body["due_on"] = "2020-02-29"


def _overspent(body: Body) -> None:
    for part in body["allocations"]:
        part["amount"] = str(10 * int(part["amount"].split(".")[0]) + 10) + ".00"


def _too_few_instalments(body: Body) -> None:
    body["instalments"] = [{"number": 1, "due_on": body["due_on"], "amount": "0.01"}]


_INVOICE, _PAYMENT, _CUSTOMER = ErpInvoicePosted, ErpPaymentReceived, ErpCustomerChanged

FAULTS: tuple[Fault, ...] = (
    Fault("tax-does-not-add-up", _INVOICE, _tax_too_high),
    Fault("amount-negative", _INVOICE, _set(total="-120.00", net="-120.00", tax="0.00")),
    Fault("amount-not-a-number", _INVOICE, _set(total="twelve")),
    Fault("amount-too-precise", _INVOICE, _set(total="100.005", net="100.005", tax="0.00")),
    Fault("amount-too-large", _INVOICE, _set(total="1" + "0" * 15, net="1" + "0" * 15, tax="0")),
    Fault("due-before-issued", _INVOICE, _due_before_issued),
    Fault("date-out-of-range", _INVOICE, _set(due_on="2926-01-31")),
    Fault("currency-unknown", _INVOICE, _set(currency="EURO")),
    Fault("legal-entity-unknown", _INVOICE, _set(legal_entity="FR01")),
    Fault("value-unknown", _INVOICE, _set(kind="pro-forma")),
    Fault("field-missing", _INVOICE, _drop("total")),
    Fault("field-null", _INVOICE, _set(purchase_order=None)),
    Fault("instalments-do-not-add-up", _INVOICE, _too_few_instalments),
    Fault("allocations-exceed-credit", _PAYMENT, _overspent),
    Fault("country-unknown", _CUSTOMER, _set(country="ZZ")),
    Fault(
        "type-unknown",
        _INVOICE,
        _set(),
        type="erp.invoice.archived.v1",
        corrected=False,
    ),
    Fault("source-unknown", _INVOICE, _set(), source=FOREIGN_SOURCE, corrected=False),
    Fault("payload-unreadable", _INVOICE, _set(), raw=b'{"invoice_id": "DE01-', corrected=False),
    Fault(
        "invoice-identity-changed", _INVOICE, _set(currency="CHF"), corrected=False, directed=False
    ),
)
"""Every refusal of the contract that one record can meet on its own."""


def malformed(world: World, customer: Customer, die: Random, fault: Fault) -> Scene:
    """The ERP tells something that cannot be; unless nobody can mend it, the next version is right."""
    if fault.of is ErpCustomerChanged:
        yield from _malformed_customer(world, customer, die, fault)
    elif fault.of is ErpPaymentReceived:
        yield from _malformed_payment(world, customer, die, fault)
    else:
        yield from _malformed_invoice(world, customer, die, fault)


def _malformed_invoice(world: World, customer: Customer, die: Random, fault: Fault) -> Scene:
    invoice = world.erp.draft(customer, net=die.randint(100, 900) * 100)
    if fault.code.endswith("identity-changed"):
        world.erp.post(invoice)
        world.begin(life_of(world, invoice))
        yield world.business_day_in(2, customer)
    invoice.version = world.erp.next_version(invoice.version, customer)
    _tell_spoilt(world, customer, invoice_body(invoice), fault)
    if not fault.corrected:
        return

    yield world.business_day_in(die.randint(1, 4), customer)
    world.erp.post(invoice)
    world.begin(life_of(world, invoice))


def _malformed_payment(world: World, customer: Customer, die: Random, fault: Fault) -> Scene:
    erp = world.erp
    invoice = erp.draft(customer, net=die.randint(100, 900) * 100)
    invoice.scripted = True
    erp.post(invoice)
    yield world.business_day_in(2, customer)

    parts, reference = (Part(invoice.id, invoice.total),), invoice.reference
    payment = erp.draft_payment(customer, invoice.total)
    payment.version = erp.next_version(payment.version, customer)
    body = payment_body(payment, method=PaymentMethod.TRANSFER, reference=reference, inline=parts)
    _tell_spoilt(world, customer, body, fault)
    yield world.business_day_in(die.randint(1, 4), customer)

    payment.dated = world.today
    erp.take(payment, parts, inline=parts, reference=reference)


def _malformed_customer(world: World, customer: Customer, die: Random, fault: Fault) -> Scene:
    customer.version = world.erp.next_version(customer.version, customer)
    _tell_spoilt(world, customer, customer_body(customer), fault)
    yield world.business_day_in(die.randint(1, 4), customer)

    world.erp.tell_customer(customer)


def _tell_spoilt(world: World, customer: Customer, good: ErpEvent, fault: Fault) -> None:
    body = json.loads(good.model_dump_json(exclude_none=True))
    fault.spoil(body)
    world.erp.wire.put(
        customer,
        fault.type or good.TYPE,
        good.TOPIC,
        fault.raw or json.dumps(body).encode(),
        told_on=world.today,
        source=fault.source or None,
        expected=REFUSED,
        code=fault.code,
    )
