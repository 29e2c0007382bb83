"""What is taken off an item although no money came: given up, withheld, netted, refunded, and taken back again."""

from random import Random

from play.cast.customers import Customer
from play.erp.adjustments import adjust, undo
from play.erp.documents import Part
from play.scenes.oddities import Oddity, let_go, net_of, scripted
from play.scenes.world import Scene, World
from shared.base.days import DAY
from shared.contracts.erp import AdjustmentReason, DeductionKind

SMALL_DIFFERENCE = 3
BANK_FEE = 1_250
WITHHELD_PERCENT = 15


def written_off(world: World, customer: Customer, die: Random) -> Scene:
    """A small invoice that nobody will pay any more."""
    invoice = world.erp.draft(customer, net=die.randint(5, 25) * 100)
    invoice.due_on = world.today + 3 * DAY
    invoice.scripted = True
    world.erp.post(invoice)
    yield world.business_day_in(die.randint(20, 30), customer)
    adjust(world.erp, invoice, invoice.open, AdjustmentReason.WRITE_OFF)


def written_off_by_mistake(world: World, customer: Customer, die: Random) -> Scene:
    """Written off, and cancelled again."""
    invoice = scripted(world, customer, die)
    yield world.business_day_in(3, customer)
    mistake = adjust(world.erp, invoice, invoice.open // 2, AdjustmentReason.WRITE_OFF)
    yield world.business_day_in(die.randint(2, 4), customer)
    undo(world.erp, mistake, why="wrong customer")
    let_go(world, invoice)


def put_back(world: World, customer: Customer, die: Random) -> Scene:
    """Written off in part, and some of that put back by an adjustment below zero."""
    invoice = scripted(world, customer, die)
    yield world.business_day_in(3, customer)
    given_up = adjust(world.erp, invoice, invoice.open // 2, AdjustmentReason.WRITE_OFF)
    yield world.business_day_in(die.randint(2, 4), customer)
    adjust(world.erp, invoice, -given_up.minor // 2, AdjustmentReason.WRITE_OFF)
    let_go(world, invoice)


def few_cents_short(world: World, customer: Customer, die: Random) -> Scene:
    """0.03 are missing for two days."""
    yield from _paid_short(world, customer, die, "small-difference", stated=False)


def fee_taken_by_the_bank(world: World, customer: Customer, die: Random) -> Scene:
    """The ERP finds out two days later."""
    yield from _paid_short(world, customer, die, "bank-fee", stated=False)


def tax_withheld(world: World, customer: Customer, die: Random) -> Scene:
    """The payment's advice says so."""
    yield from _paid_short(world, customer, die, "tax-withheld", stated=True)


def tax_certified_later(world: World, customer: Customer, die: Random) -> Scene:
    """The certificate comes two days after the money."""
    yield from _paid_short(world, customer, die, "tax-withheld", stated=False)


def short_as_stated(world: World, customer: Customer, die: Random) -> Scene:
    """The allocation itself says what else is taken off, in two kinds."""
    invoice = scripted(world, customer, die)
    yield world.business_day_in(die.randint(4, 8), customer)
    fee = min(BANK_FEE, invoice.total // 10)
    off = ((DeductionKind.BANK_FEE, fee), (DeductionKind.SMALL_DIFFERENCE, SMALL_DIFFERENCE))
    part = Part(invoice.id, invoice.total - fee - SMALL_DIFFERENCE, deductions=off)
    world.erp.receive(customer, part.minor, (part,), inline=(part,), reference=invoice.reference)


def netted(world: World, customer: Customer, die: Random) -> Scene:
    """We buy there, too: part of the invoice is set against theirs."""
    invoice = scripted(world, customer, die)
    yield world.business_day_in(die.randint(4, 8), customer)
    adjust(world.erp, invoice, invoice.open // 3, AdjustmentReason.NETTING)
    let_go(world, invoice)


def refunded(world: World, customer: Customer, die: Random) -> Scene:
    """Paid twice: the second payment is sent back in part, by a transfer of ours, and used for the rest."""
    erp, invoice = world.erp, scripted(world, customer, die)
    money = erp.receive(customer, net_of(customer, die), (), inline=(), reference="twice")
    yield world.business_day_in(die.randint(2, 5), customer)
    adjust(erp, money, money.unapplied // 2, AdjustmentReason.REFUND)
    yield world.business_day_in(die.randint(2, 5), customer)
    erp.allocate(money, (Part(invoice.id, min(money.unapplied, invoice.open)),))
    let_go(world, invoice)


SHORTFALLS: tuple[Oddity, ...] = (
    Oddity(written_off, 0.6, takes_days=34),
    Oddity(written_off_by_mistake, 0.3, takes_days=10),
    Oddity(put_back, 0.2, takes_days=10),
    Oddity(few_cents_short, 0.4, takes_days=14),
    Oddity(fee_taken_by_the_bank, 0.4, takes_days=14),
    Oddity(tax_withheld, 0.3, takes_days=14),
    Oddity(tax_certified_later, 0.2, takes_days=14),
    Oddity(short_as_stated, 0.3, takes_days=12),
    Oddity(netted, 0.3, takes_days=12),
    Oddity(refunded, 0.3, takes_days=16),
)


def _paid_short(world: World, customer: Customer, die: Random, what: str, *, stated: bool) -> Scene:
    """`stated`: the payment's allocation says why; else the ERP adjusts the invoice two days later."""
    invoice = scripted(world, customer, die)
    yield world.business_day_in(die.randint(3, 8), customer)
    minor = {
        "small-difference": SMALL_DIFFERENCE,
        "bank-fee": min(BANK_FEE, invoice.total // 10),
        "tax-withheld": invoice.total * WITHHELD_PERCENT // 100,
    }[what]
    part = Part(invoice.id, invoice.total - minor)
    if stated:
        part = part._replace(deductions=((DeductionKind(what), minor),))
    world.erp.receive(customer, part.minor, (part,), inline=(part,), reference=invoice.reference)
    if not stated:
        yield world.business_day_in(2, customer)
        adjust(world.erp, invoice, minor, AdjustmentReason(what))
