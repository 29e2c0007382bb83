"""Money that crosses: between customers and currencies, from one credit to another, and back to the payer."""

from random import Random

from play.cast.customers import Customer
from play.erp.adjustments import adjust
from play.erp.documents import Part
from play.scenes.oddities import Oddity, let_go, scripted
from play.scenes.world import Scene, World
from shared.contracts.erp import AdjustmentReason, PaymentMethod, ReturnReason

FOREIGN = {"EUR": ("CHF", 94), "GBP": ("EUR", 116), "USD": ("CAD", 137)}
"""Currency of the entity → the one that some payments come in, and how many of it make a hundred."""
LOST_ON_THE_WAY = 150
"""Minor units that the rate of the day did not bring."""


def paid_by_another(world: World, customer: Customer, die: Random) -> Scene:
    """Another customer of the same company pays; the ERP says so at once, or clears it days later."""
    erp, invoice = world.erp, scripted(world, customer, die)
    yield world.business_day_in(die.randint(4, 8), customer)
    payers = [
        one
        for one in world.customers
        if one.entity is customer.entity and one is not customer and one.version
    ]
    if payers:
        payer, part = die.choice(payers), Part(invoice.id, invoice.open)
        at_once = (part,) if die.randrange(2) else ()
        money = erp.receive(
            payer, part.minor, at_once, inline=at_once, reference=f"for {customer.name}"
        )
        if not at_once:
            yield world.business_day_in(die.randint(1, 4), customer)
            erp.allocate(money, (part,))
    let_go(world, invoice)


def paid_in_another_currency(world: World, customer: Customer, die: Random) -> Scene:
    """The ERP says both amounts; what the rate lost is booked days later, and a little is left on account."""
    erp, invoice = world.erp, scripted(world, customer, die)
    yield world.business_day_in(die.randint(4, 8), customer)
    currency, rate = FOREIGN[customer.entity.currency]
    spent = invoice.open * rate // 100
    part = Part(invoice.id, invoice.open - LOST_ON_THE_WAY, spent=spent)
    money = erp.draft_payment(customer, spent + die.choice((0, 2_000)), currency=currency)
    erp.take(money, (part,), inline=(part,), reference=invoice.reference)
    yield world.business_day_in(die.randint(2, 4), customer)
    adjust(erp, invoice, LOST_ON_THE_WAY, AdjustmentReason.FX)


def waits_for_its_place(world: World, customer: Customer, die: Random) -> Scene:
    """The ERP applies a second payment before it has taken the first one off; that one goes elsewhere."""
    erp, invoice, other = (
        world.erp, scripted(world, customer, die), scripted(world, customer, die)
    )  # fmt: skip
    yield world.business_day_in(2, customer)
    parts = (Part(invoice.id, invoice.total),)
    first = erp.receive(customer, invoice.total, parts, inline=parts, reference=invoice.reference)
    yield world.business_day_in(2, customer)
    second = erp.receive(customer, invoice.total, (), inline=(), reference="second")
    yield world.business_day_in(1, customer)
    erp.tell_allocations(second, parts)
    yield world.tomorrow
    erp.allocate(first, (Part(other.id, min(first.worth, other.open)),))
    erp.book.apply(second, parts, on=world.today)
    let_go(world, other)


def returned_bit_by_bit(world: World, customer: Customer, die: Random) -> Scene:
    """A third comes back, then another: the ERP tells the sum."""
    erp, invoice = world.erp, scripted(world, customer, die)
    yield world.business_day_in(2, customer)
    parts = (Part(invoice.id, invoice.total),)
    money = erp.receive(customer, invoice.total, parts, inline=parts, reference=invoice.reference)
    for third in (1, 2):
        yield world.business_day_in(die.randint(2, 4), customer)
        erp.return_payment(money, amount=invoice.total * third // 3)
    let_go(world, invoice)


def presented_again(world: World, customer: Customer, die: Random) -> Scene:
    """The bank takes it back, and a few days later it is paid after all."""
    erp, invoice = world.erp, scripted(world, customer, die)
    yield world.business_day_in(2, customer)
    parts = (Part(invoice.id, invoice.total),)
    money = erp.receive(customer, invoice.total, parts, inline=parts, reference=invoice.reference)
    yield world.business_day_in(die.randint(2, 4), customer)
    erp.return_payment(money)
    yield world.business_day_in(die.randint(2, 6), customer)
    erp.present_again(money, parts, reference=invoice.reference)


def charged_back(world: World, customer: Customer, die: Random) -> Scene:
    """Paid by card, and disputed at the card's bank."""
    erp, invoice = world.erp, scripted(world, customer, die)
    yield world.business_day_in(2, customer)
    parts = (Part(invoice.id, invoice.total),)
    money = erp.receive(
        customer, invoice.total, parts,
        inline=parts, reference=invoice.reference, method=PaymentMethod.CARD,
    )  # fmt: skip
    yield world.business_day_in(die.randint(8, 15), customer)
    erp.return_payment(money, reason=ReturnReason.CHARGEBACK)
    let_go(world, invoice)


CROSSINGS: tuple[Oddity, ...] = (
    Oddity(paid_by_another, 0.5, takes_days=16),
    Oddity(paid_in_another_currency, 0.5, takes_days=16),
    Oddity(waits_for_its_place, 0.4, takes_days=10),
    Oddity(returned_bit_by_bit, 0.4, takes_days=14),
    Oddity(presented_again, 0.4, takes_days=16),
    Oddity(charged_back, 0.4, takes_days=22),
)
