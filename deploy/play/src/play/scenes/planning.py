"""What customers agree with us to pay in parts: kept to the end, or broken with the second part.

While the plan stands nobody asks for what is planned; where a part is not paid within its grace, all that is left is
asked for again, as old as it is.
"""

from calendar import monthrange
from collections.abc import Generator
from datetime import date, timedelta
from random import Random

from play.cast.customers import Customer
from play.erp.documents import Invoice, Part
from play.errands import Answer, AtPage, End, Saying
from play.scenes.answers import saying_of, who_reads_mail
from play.scenes.asking import (
    DUE_IN_DAYS,
    ENDS_IN_DAYS,
    due_soon,
    end,
    post,
    spare_no_more,
    there_is_time,
    told,
)
from play.scenes.oddities import Oddity, let_go, net_of
from play.scenes.paying import paying_of
from play.scenes.world import Scene, World
from shared.base.days import DAY

FIRST_IN_DAYS = 1
GRACE_DAYS = 5
"""As the portal's rails have it: the last value date that keeps a part."""
MONTH_DAYS = 31
ENDED_IN_DAYS = FIRST_IN_DAYS + MONTH_DAYS + ENDS_IN_DAYS
TAKES_DAYS = ENDED_IN_DAYS + 9
SMALL, LARGE = 8_000, 600_000
"""Net amounts, in minor units: parts that may be paid alone; above what we agree on without a person of ours."""

Planned = Generator[date, None, tuple[Invoice, Saying | None]]


def planned_and_kept(world: World, customer: Customer, die: Random) -> Scene:
    """A large invoice in two parts, which a person of ours agrees to: one by transfer, the other one by link."""
    invoice, said = yield from _plans(world, customer, die, End.KEPT, net_min=LARGE)
    if said is not None and said.pay_on is not None:
        yield said.pay_on
        _first_part(world, invoice, said)
        yield a_month_after(said.pay_on)
        yield from _by_link(world, invoice, die)
    end(world, invoice)


def planned_and_broken(world: World, customer: Customer, die: Random) -> Scene:
    """Of the second part nothing comes; the customer pays when it was reminded again, after it was told the end."""
    invoice, said = yield from _plans(world, customer, die, End.BROKEN, net_min=SMALL)
    if said is not None and said.pay_on is not None:
        yield said.pay_on
        _first_part(world, invoice, said)
        yield a_month_after(said.pay_on) + timedelta(days=GRACE_DAYS + 1)
        spare_no_more(world, invoice)
        broken_on = world.today
        while world.read_on.get(invoice.number, date.min) <= broken_on:
            yield world.tomorrow
    let_go(world, invoice)


def a_month_after(day: date) -> date:
    """The same day of the next month, or its last."""
    first = (day.replace(day=1) + timedelta(days=MONTH_DAYS)).replace(day=1)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


def _plans(world: World, customer: Customer, die: Random, meant: End, *, net_min: int) -> Planned:
    """Somebody who reads mail wants to pay what falls due in two parts; nothing when time is short."""
    customer = who_reads_mail(world, customer, die)
    invoice = due_soon(world, customer, die, net=max(net_of(customer, die), net_min))
    yield world.business_day_in(DUE_IN_DAYS, customer)
    if not there_is_time(world, ENDED_IN_DAYS):
        return invoice, None
    first_on = world.today + FIRST_IN_DAYS * DAY
    said = saying_of(world, invoice, Answer.PLAN, invoice.open, meant, pay_on=first_on)
    world.errands.append(said)
    world.erp.book.spare(invoice, said.minor, said.answer.value, on=world.today)
    return invoice, said


def _first_part(world: World, invoice: Invoice, said: Saying) -> None:
    """Half of it comes in on its day, with the odd cent."""
    minor = (said.minor + 1) // 2
    parts = (Part(invoice.id, minor),)
    reference = f"{invoice.reference} first part"
    world.erp.receive(invoice.customer, minor, parts, inline=parts, reference=reference)
    world.erp.book.spare(invoice, -minor, "paid as planned", on=world.today)


def _by_link(world: World, invoice: Invoice, die: Random) -> Scene:
    """The other half, paid at the provider's page on its day; the ERP posts it days later."""
    paying = paying_of(world, invoice, invoice.open, AtPage.PAID)
    world.errands.append(paying)
    request = yield from told(world, invoice.customer, paying, die)
    if request is not None:
        post(world, invoice, paying.asks, request)


PLANS: tuple[Oddity, ...] = (
    Oddity(planned_and_kept, 0.3, TAKES_DAYS),
    Oddity(planned_and_broken, 0.3, TAKES_DAYS),
)
