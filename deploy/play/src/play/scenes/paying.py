"""What customers pay at the provider's page: a link, a session, money, and the ERP's own word of it, after or before.

What the ledger has entered of it nobody asks for; the ERP's payment takes its place, by the request's number or by the
provider's.
"""

from collections.abc import Generator
from dataclasses import replace
from datetime import date
from random import Random

from play.cast.customers import Customer
from play.erp.documents import Invoice
from play.errands import Answer, AtPage, Deciding, End, Paying
from play.scenes.answers import saying_of, who_reads_mail
from play.scenes.asking import (
    ENDS_IN_DAYS,
    asking_of,
    credit_as_asked,
    due_soon,
    end,
    post,
    there_is_time,
    told,
)
from play.scenes.oddities import Oddity
from play.scenes.world import Scene, World
from shared.base.days import DAY
from shared.contracts.erp import ItemKind
from shared.contracts.inbox import CreditNoteRequested, PaymentPostingRequested

UNASKED_DAYS = 8
"""Whoever is not reminded for so long after the due date looks at the portal all the same."""
SHORT_ENDS_IN_DAYS = 20
TAKES_DAYS = 26

Paid = Generator[date, None, tuple[Invoice, Paying | None]]


def paid_by_link(world: World, customer: Customer, die: Random) -> Scene:
    """Reminded, and paid; the ERP posts its own, which names the request."""
    invoice, paying = yield from _pays(world, customer, die, AtPage.PAID)
    if paying is not None:
        request = yield from told(world, invoice.customer, paying, die)
        if request is not None:
            post(world, invoice, paying.asks, request)
    end(world, invoice)


def declined_then_paid(world: World, customer: Customer, die: Random) -> Scene:
    """The first card is declined; the ERP knows the money by the provider's number."""
    invoice, paying = yield from _pays(world, customer, die, AtPage.DECLINED, AtPage.PAID)
    if paying is not None:
        request = yield from told(world, invoice.customer, paying, die)
        if request is not None:
            known = replace(paying.asks, reference=request.provider_reference)
            post(world, invoice, known, None)
    end(world, invoice)


def known_before_we_know(world: World, customer: Customer, die: Random) -> Scene:
    """The payer's bank takes its time with us: the ERP has the money in its books before we hear of it."""
    invoice, paying = yield from _pays(world, customer, die, AtPage.SLOW)
    number = None
    if paying is not None:
        yield world.business_day_in(die.randint(1, 2), invoice.customer)
        number = world.statement.get(paying.said.key)
    if paying is not None and number is not None:
        post(world, invoice, replace(paying.asks, reference=number), None)
        yield world.business_day_in(die.randint(1, 2), invoice.customer)
        world.errands.append(replace(paying, at_page=(AtPage.PAID,)))
    end(world, invoice)


def paid_short(world: World, customer: Customer, die: Random) -> Scene:
    """A part is left out, and it is said why: that is a dispute, which we uphold."""
    takes = SHORT_ENDS_IN_DAYS
    invoice, paying = yield from _pays(world, customer, die, AtPage.PAID, short=True, takes=takes)
    if paying is not None:
        request = yield from told(world, invoice.customer, paying, die)
        if request is not None:
            post(world, invoice, paying.asks, request)
            world.erp.book.spare(invoice, -paying.said.minor, "answered", on=world.today)
            yield from _credited(world, invoice, paying, die)
    end(world, invoice)


def _credited(world: World, invoice: Invoice, paying: Paying, die: Random) -> Scene:
    """What was left out is upheld, and the ERP credits it."""
    yield world.business_day_in(2, invoice.customer)
    item = (ItemKind.INVOICE, invoice.id)
    asking = asking_of(world, invoice.customer, CreditNoteRequested, invoice.open, item=item)
    world.errands.append(Deciding(paying.said, invoice.customer.number, asking))
    credit = yield from told(world, invoice.customer, asking, die)
    if credit is not None:
        credit_as_asked(world, invoice, asking, credit)


def _pays(
    world: World,
    customer: Customer,
    die: Random,
    *at_page: AtPage,
    short: bool = False,
    takes: int = ENDS_IN_DAYS,
) -> Paid:
    """An invoice is overdue, its customer has read of it, and pays; nothing when time is short."""
    invoice = yield from _reminded_of(world, who_reads_mail(world, customer, die), die)
    if not there_is_time(world, takes):
        return invoice, None
    minor = invoice.open * 4 // 5 if short else invoice.open
    paying = paying_of(world, invoice, minor, *at_page, left_out=short)
    world.errands.append(paying)
    if AtPage.PAID in at_page:
        world.erp.book.spare(invoice, invoice.open, "paid at the portal", on=world.today)
    return invoice, paying


def paying_of(
    world: World, invoice: Invoice, minor: int, *at_page: AtPage, left_out: bool = False
) -> Paying:
    """So much of the invoice, paid today."""
    said = saying_of(world, invoice, Answer.PAYMENT, minor, End.PAID)
    parts = ((invoice.id, minor),)
    asks = asking_of(world, invoice.customer, PaymentPostingRequested, minor, parts=parts)
    return Paying(said, asks, at_page, left_out)


def _reminded_of(world: World, customer: Customer, die: Random) -> Generator[date, None, Invoice]:
    invoice = due_soon(world, customer, die)
    latest = invoice.due_on + UNASKED_DAYS * DAY
    yield world.business_day_in(3, customer)
    while world.today < latest and world.read_on.get(invoice.number, date.min) <= invoice.due_on:
        yield world.tomorrow
    return invoice


PAYMENTS: tuple[Oddity, ...] = (
    Oddity(paid_by_link, 0.4, TAKES_DAYS),
    Oddity(declined_then_paid, 0.3, TAKES_DAYS),
    Oddity(known_before_we_know, 0.2, TAKES_DAYS),
    Oddity(paid_short, 0.2, TAKES_DAYS + 6),
)
