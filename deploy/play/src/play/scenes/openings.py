"""What was there before: items that come over with what is left of them, when the ledger's books begin.

The ERP's own book knows all of their history; the ledger is told on the first day of the play, with `opening`.
"""

from collections.abc import Callable, Generator
from datetime import date
from random import Random

from play.cast.customers import Customer
from play.erp.documents import Credit, Invoice, Opening, Part
from play.scenes.oddities import let_go, net_of
from play.scenes.world import Scene, World
from shared.base.days import DAY


def partly_paid(world: World, customer: Customer, die: Random) -> Scene:
    """An old invoice, half paid; what is left comes over without net and tax, the payment does not."""
    invoice = yield from _aged(world, customer, die)
    _paid_before(world, invoice, invoice.total // 2)
    yield world.start
    invoice.states_tax = False
    _bring_over(world, invoice)
    let_go(world, invoice)


def partly_paid_with_its_payment(world: World, customer: Customer, die: Random) -> Scene:
    """The same, and the payment comes over as history."""
    invoice = yield from _aged(world, customer, die)
    money = _paid_before(world, invoice, invoice.total // 3)
    yield world.start
    _bring_over(world, invoice)
    world.erp.tell_payment(money, inline=money.applied, reference=invoice.reference)
    let_go(world, invoice)


def paid_and_returned(world: World, customer: Customer, die: Random) -> Scene:
    """An invoice that was settled before the books began; its payment comes back afterwards."""
    invoice = yield from _aged(world, customer, die)
    money = _paid_before(world, invoice, invoice.total)
    yield world.start
    _bring_over(world, invoice)
    world.erp.tell_payment(money, inline=money.applied, reference=invoice.reference)
    yield world.business_day_in(die.randint(3, 6), customer)
    world.erp.return_payment(money)
    let_go(world, invoice)


def on_account(world: World, customer: Customer, die: Random) -> Scene:
    """Money that was half used; the rest is applied to an invoice of today."""
    old = yield from _aged(world, customer, die)
    money = _paid_before(world, old, old.total, amount=2 * old.total)
    yield world.start
    money.opening = Opening(money.unapplied, _eve(world))
    _bring_over(world, old)
    world.erp.tell_payment(money, inline=money.applied, reference="on account")
    invoice = world.erp.draft(customer, net=net_of(customer, die))
    invoice.scripted = True
    world.erp.post(invoice)
    yield world.business_day_in(die.randint(2, 5), customer)
    part = Part(invoice.id, min(money.unapplied, invoice.open))
    world.erp.allocate(money, (*money.applied, part))
    let_go(world, invoice)


def credit_left(world: World, customer: Customer, die: Random) -> Scene:
    """A credit note of last year that is still there, and is used."""
    erp, invoice = world.erp, (yield from _aged(world, customer, die))
    note = erp.draft_credit_note(customer, net=invoice.net // 4, tax=0)
    erp.book.receive(note)
    yield world.start
    note.opening = Opening(note.unapplied, _eve(world))
    _bring_over(world, invoice)
    erp.tell_credit_note(note, corrects=None, reason="yearly bonus", inline=())
    yield world.business_day_in(die.randint(2, 5), customer)
    erp.allocate(note, (Part(invoice.id, note.unapplied),))
    let_go(world, invoice)


OPENINGS: tuple[Callable[[World, Customer, Random], Scene], ...] = (
    partly_paid,
    partly_paid_with_its_payment,
    paid_and_returned,
    on_account,
    credit_left,
)


def _aged(world: World, customer: Customer, die: Random) -> Generator[date, None, Invoice]:
    """An invoice in the ERP's own book, some weeks older than its payment."""
    invoice = world.erp.draft(customer, net=net_of(customer, die))
    invoice.scripted = True
    world.erp.book.post(invoice, on=world.today)
    yield world.business_day_in(die.randint(8, 20), customer)
    return invoice


def _paid_before(world: World, invoice: Invoice, minor: int, *, amount: int = 0) -> Credit:
    """Money in the ERP's own book; nobody has been told."""
    money = world.erp.draft_payment(invoice.customer, amount or minor)
    world.erp.book.receive(money)
    world.erp.book.apply(money, (Part(invoice.id, minor),), on=world.today)
    return money


def _bring_over(world: World, invoice: Invoice) -> None:
    invoice.opening = Opening(invoice.open, _eve(world))
    world.erp.amend(invoice)


def _eve(world: World) -> date:
    """The day at whose end the ledger's books began."""
    return world.start - DAY
