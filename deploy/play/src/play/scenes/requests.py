"""What we ask of the ERPs, and their answers: payments that we enter first, money to move or give away, and a no."""

from random import Random

from play.cast.customers import Customer
from play.erp.adjustments import adjust
from play.erp.documents import Part
from play.scenes.asking import (
    asking_of,
    credit_as_asked,
    due_soon,
    end,
    entered,
    heard,
    post,
    refused,
    there_is_time,
    to_give_up,
)
from play.scenes.oddities import Oddity, let_go, net_of
from play.scenes.world import Scene, World
from shared.contracts.erp import AdjustmentReason, ItemKind
from shared.contracts.inbox import (
    AllocationRequested,
    CreditNoteRequested,
    RefundRequested,
    WriteOffRequested,
)

TAKES_DAYS = 22

# --- payments


def known_by_number(world: World, customer: Customer, die: Random) -> Scene:
    """We enter a payment; the ERP posts its own, and says which request that answers."""
    invoice, asking = yield from entered(world, customer, die)
    request = yield from heard(world, customer, asking, invoice, die)
    if request is not None:
        post(world, invoice, asking, request)
    end(world, invoice)


def known_by_reference(world: World, customer: Customer, die: Random) -> Scene:
    """The ERP posts what its bank says, and only the bank's reference is the same."""
    invoice, asking = yield from entered(world, customer, die)
    if (yield from heard(world, customer, asking, invoice, die)) is not None:
        post(world, invoice, asking, None)
    end(world, invoice)


def posted_on_the_same_day(world: World, customer: Customer, die: Random) -> Scene:
    """We enter it in the morning, and the ERP tells of it that day."""
    invoice, asking = yield from entered(world, customer, die)
    if there_is_time(world):
        world.errands.append(asking)
    post(world, invoice, asking, None)
    let_go(world, invoice)


def posted_before(world: World, customer: Customer, die: Random) -> Scene:
    """The ERP's word is there already when we enter it."""
    invoice, asking = yield from entered(world, customer, die)
    post(world, invoice, asking, None)
    yield world.tomorrow
    if there_is_time(world):
        world.errands.append(asking)
    let_go(world, invoice)


def posted_without_a_place(world: World, customer: Customer, die: Random) -> Scene:
    """We said which invoice; the ERP's payment names the request and does not say where it belongs."""
    invoice, asking = yield from entered(world, customer, die)
    request = yield from heard(world, customer, asking, invoice, die)
    if request is not None:
        post(world, invoice, asking, request, said=False)
    end(world, invoice)


def entered_without_a_place(world: World, customer: Customer, die: Random) -> Scene:
    """We know of the money, and the ERP says which invoice it was for."""
    invoice, asking = yield from entered(world, customer, die, said=False)
    if (yield from heard(world, customer, asking, invoice, die)) is not None:
        post(world, invoice, asking, None)
    end(world, invoice)


def not_on_the_statement(world: World, customer: Customer, die: Random) -> Scene:
    """The ERP refuses the payment, and somebody takes note."""
    yield from _refused_payment(world, customer, die, posted_after_all=False)


def posted_after_all(world: World, customer: Customer, die: Random) -> Scene:
    """Refused, closed, and posted by the ERP days later."""
    yield from _refused_payment(world, customer, die, posted_after_all=True)


# --- what an ERP is to move or to give away


def allocation_asked(world: World, customer: Customer, die: Random) -> Scene:
    """Money is on account, and we say which invoice it is for."""
    erp, invoice = world.erp, due_soon(world, customer, die)
    money = erp.receive(customer, invoice.total, (), inline=(), reference="thank you")
    yield world.business_day_in(die.randint(3, 5), customer)
    parts = ((invoice.id, invoice.total),)
    item = (ItemKind.PAYMENT, money.id)
    asking = asking_of(world, customer, AllocationRequested, invoice.total, item=item, parts=parts)
    if (yield from heard(world, customer, asking, None, die)) is not None:
        erp.allocate(money, (Part(invoice.id, invoice.total),))
    let_go(world, invoice)


def write_off_asked(world: World, customer: Customer, die: Random) -> Scene:
    """Two people of ours want it written off, and the ERP does so."""
    invoice, asking = yield from to_give_up(world, customer, die, WriteOffRequested)
    request = yield from heard(world, customer, asking, invoice, die)
    if request is not None:
        number = str(request.request_id)
        adjust(world.erp, invoice, asking.minor, AdjustmentReason.WRITE_OFF, request_id=number)
    end(world, invoice)


def write_off_refused(world: World, customer: Customer, die: Random) -> Scene:
    """The ERP's people do not want to give it up."""
    invoice, asking = yield from to_give_up(world, customer, die, WriteOffRequested)
    request = yield from heard(world, customer, asking, invoice, die)
    if request is not None:
        yield from refused(world, invoice, request, die, "over the limit for write-offs")
    end(world, invoice)


def credit_note_asked(world: World, customer: Customer, die: Random) -> Scene:
    """A complaint is settled: the ERP is to credit part of the invoice."""
    invoice, asking = yield from to_give_up(world, customer, die, CreditNoteRequested)
    request = yield from heard(world, customer, asking, invoice, die)
    if request is not None:
        credit_as_asked(world, invoice, asking, request)
    end(world, invoice)


def refund_asked(world: World, customer: Customer, die: Random) -> Scene:
    """Paid by mistake: half of it is to go back."""
    erp, amount = world.erp, net_of(customer, die)
    money = erp.receive(customer, amount, (), inline=(), reference="our mistake")
    yield world.business_day_in(die.randint(3, 5), customer)
    item = (ItemKind.PAYMENT, money.id)
    asking = asking_of(world, customer, RefundRequested, amount // 2, item=item)
    request = yield from heard(world, customer, asking, None, die)
    if request is not None:
        number = str(request.request_id)
        adjust(erp, money, asking.minor, AdjustmentReason.REFUND, request_id=number)


REQUESTS: tuple[Oddity, ...] = (
    Oddity(known_by_number, 0.6, TAKES_DAYS),
    Oddity(known_by_reference, 0.6, TAKES_DAYS),
    Oddity(posted_on_the_same_day, 0.3, TAKES_DAYS),
    Oddity(posted_before, 0.3, TAKES_DAYS),
    Oddity(posted_without_a_place, 0.3, TAKES_DAYS, directed=False),
    Oddity(entered_without_a_place, 0.3, TAKES_DAYS, directed=False),
    Oddity(not_on_the_statement, 0.4, TAKES_DAYS),
    Oddity(posted_after_all, 0.2, TAKES_DAYS),
    Oddity(allocation_asked, 0.5, TAKES_DAYS),
    Oddity(write_off_asked, 0.4, TAKES_DAYS),
    Oddity(write_off_refused, 0.2, TAKES_DAYS),
    Oddity(credit_note_asked, 0.4, TAKES_DAYS),
    Oddity(refund_asked, 0.3, TAKES_DAYS),
)


def _refused_payment(
    world: World, customer: Customer, die: Random, *, posted_after_all: bool
) -> Scene:
    invoice, asking = yield from entered(world, customer, die)
    request = yield from heard(world, customer, asking, invoice, die)
    if request is not None:
        yield from refused(world, invoice, request, die, "not on our bank's statement")
        if posted_after_all:
            yield world.business_day_in(1, customer)
            post(world, invoice, asking, request)
    end(world, invoice)
