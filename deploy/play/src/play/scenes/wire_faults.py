"""What wires and connectors do to good events: twice, again under another name, too late, at odds with themselves."""

from decimal import Decimal
from random import Random

from play.cast.customers import Customer
from play.erp.bodies import invoice_body
from play.record import CONFLICT, SUPERSEDED
from play.scenes.oddities import Oddity
from play.scenes.trade import life_of
from play.scenes.world import Scene, World
from shared.contracts.erp import ErpInvoicePosted


def delivered_twice(world: World, customer: Customer, die: Random) -> Scene:
    """The same record at once, and once more three days later."""
    invoice = world.erp.draft(customer, net=die.randint(100, 900) * 100)
    record = world.erp.post(invoice)
    world.erp.wire.repeat(record, on=world.today)
    world.begin(life_of(world, invoice))
    yield world.business_day_in(3, customer)
    world.erp.wire.repeat(record, on=world.today)


def published_twice(world: World, customer: Customer, die: Random) -> Scene:
    """The same content under two event ids."""
    invoice = world.erp.draft(customer, net=die.randint(100, 900) * 100)
    record = world.erp.post(invoice)
    world.begin(life_of(world, invoice))
    yield world.tomorrow
    world.erp.wire.echo(record, customer, told_on=world.today)


def overtaken(world: World, customer: Customer, die: Random) -> Scene:
    """An amendment arrives after the next one: it is superseded."""
    invoice = world.erp.draft(customer, net=die.randint(100, 900) * 100)
    invoice.scripted = True
    world.erp.post(invoice)
    yield world.business_day_in(2, customer)
    net = invoice.net
    world.erp.amend(invoice, net=net + 10_000, late_days=1, expected=SUPERSEDED)
    world.erp.amend(invoice, net=net + 2_500)
    invoice.scripted = False
    world.begin(life_of(world, invoice))


def only_the_version_moved(world: World, customer: Customer, die: Random) -> Scene:
    """Somebody pressed save: a higher version of equal content."""
    invoice = world.erp.draft(customer, net=die.randint(100, 900) * 100)
    world.erp.post(invoice)
    world.begin(life_of(world, invoice))
    yield world.tomorrow
    world.erp.amend(invoice)


def at_odds(world: World, customer: Customer, die: Random) -> Scene:
    """One version with two contents: the first stays, and the customer is in doubt until the ERP speaks again."""
    invoice = world.erp.draft(customer, net=die.randint(100, 900) * 100)
    invoice.scripted = True
    world.erp.post(invoice)
    yield world.tomorrow
    true = invoice_body(invoice)
    other = true.model_copy(update={"total": true.total + Decimal(1), "net": None, "tax": None})
    world.erp.wire.put(
        customer,
        ErpInvoicePosted.TYPE,
        ErpInvoicePosted.TOPIC,
        other.model_dump_json(exclude_none=True).encode(),
        told_on=world.today,
        expected=CONFLICT,
    )
    yield world.business_day_in(die.randint(2, 5), customer)
    world.erp.amend(invoice)
    invoice.scripted = False
    world.begin(life_of(world, invoice))


WIRE_FAULTS: tuple[Oddity, ...] = (
    Oddity(delivered_twice, 2.5),
    Oddity(published_twice, 1.5, takes_days=2),
    Oddity(overtaken, 0.8, takes_days=5),
    Oddity(only_the_version_moved, 0.6, takes_days=2),
    Oddity(at_odds, 0.3, takes_days=8, directed=False),
)
