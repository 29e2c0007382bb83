"""What customers answer at the portal: promises, kept and broken, and disputes, upheld and rejected.

Until it is decided nobody asks for the amount; where it is not paid then, it is asked for again, as old as it is.
"""

from collections.abc import Generator
from datetime import date, timedelta
from random import Random

from play.cast.customers import Customer
from play.erp.documents import Invoice, Part
from play.errands import Answer, Deciding, End, Saying
from play.scenes.asking import (
    asking_of,
    credit_as_asked,
    due_soon,
    end,
    spare_no_more,
    there_is_time,
    told,
)
from play.scenes.oddities import Oddity, let_go
from play.scenes.world import Scene, World
from shared.base.days import DAY
from shared.contracts.erp import ItemKind
from shared.contracts.inbox import CreditNoteRequested

TAKES_DAYS = 26
PROMISED_DAYS = 4
GRACE_DAYS = 3
"""As the portal's rails have it: then, or on the next day on which banks work, is the last value date that keeps it."""
READS_MAIL = "accounts@"
"""Mailboxes of the cast that neither bounce nor are busy."""

Said = Generator[date, None, tuple[Invoice, Saying | None]]


def promised_and_kept(world: World, customer: Customer, die: Random) -> Scene:
    """All of an overdue invoice is promised, and comes in on the day."""
    invoice, said = yield from _says(world, customer, die, Answer.PROMISE, End.KEPT)
    if said is not None and said.pay_on is not None:
        yield said.pay_on
        parts = (Part(invoice.id, said.minor),)
        reference = f"{invoice.reference} as promised"
        world.erp.receive(invoice.customer, said.minor, parts, inline=parts, reference=reference)
    end(world, invoice)


def promised_and_broken(world: World, customer: Customer, die: Random) -> Scene:
    """Nothing comes of it."""
    invoice, said = yield from _says(world, customer, die, Answer.PROMISE, End.BROKEN)
    if said is not None and said.pay_on is not None:
        last = said.pay_on + timedelta(days=GRACE_DAYS)
        yield customer.entity.calendar.next_business_day(last) + DAY
    end(world, invoice)


def disputed_and_upheld(world: World, customer: Customer, die: Random) -> Scene:
    """We agree, and the ERP credits what we ask for."""
    invoice, said = yield from _says(world, customer, die, Answer.DISPUTE, End.UPHELD)
    if said is not None:
        yield world.business_day_in(2, invoice.customer)
        item = (ItemKind.INVOICE, invoice.id)
        asking = asking_of(world, invoice.customer, CreditNoteRequested, said.minor, item=item)
        world.errands.append(Deciding(said, invoice.customer.number, asking))
        request = yield from told(world, invoice.customer, asking, die)
        if request is not None:
            credit_as_asked(world, invoice, asking, request)
    end(world, invoice)


def disputed_and_rejected(world: World, customer: Customer, die: Random) -> Scene:
    """We do not agree."""
    invoice, said = yield from _says(world, customer, die, Answer.DISPUTE, End.REJECTED)
    if said is not None:
        yield world.business_day_in(2, invoice.customer)
        world.errands.append(Deciding(said, invoice.customer.number, None))
        spare_no_more(world, invoice)
    let_go(world, invoice)


def _says(world: World, customer: Customer, die: Random, answer: Answer, meant: End) -> Said:
    """Somebody who reads mail is overdue with an invoice, and says something of it; nothing when time is short."""
    customer = who_reads_mail(world, customer, die)
    invoice = due_soon(world, customer, die)
    yield world.business_day_in(die.randint(3, 5), customer)
    if not there_is_time(world):
        return invoice, None
    if answer is Answer.PROMISE:
        pay_on = world.today + PROMISED_DAYS * DAY
        said = saying_of(world, invoice, answer, invoice.open, meant, pay_on=pay_on)
    else:
        said = saying_of(world, invoice, answer, invoice.open // 2, meant)
    world.errands.append(said)
    world.erp.book.spare(invoice, said.minor, answer.value, on=world.today)
    return invoice, said


def saying_of(
    world: World,
    invoice: Invoice,
    answer: Answer,
    minor: int,
    meant: End,
    *,
    pay_on: date | None = None,
) -> Saying:
    """What the customer's first contact says of the invoice today."""
    entity, address = invoice.customer.entity, invoice.customer.contacts[0].email
    assert address is not None
    about = (answer, entity.source, address, invoice.id, minor, entity.currency)
    return Saying(*about, world.today, meant, pay_on)


def who_reads_mail(world: World, customer: Customer, die: Random) -> Customer:
    """The customer itself, or one like it."""
    if _reads_mail(customer):
        return customer
    return die.choice(
        [one for one in world.customers if _reads_mail(one) and one.entity is customer.entity]
        or [one for one in world.customers if _reads_mail(one)]
    )


def _reads_mail(customer: Customer) -> bool:
    first = customer.contacts[0]
    return (first.email or "").startswith(READS_MAIL) and not customer.pays_by_debit


ANSWERS: tuple[Oddity, ...] = (
    Oddity(promised_and_kept, 0.5, TAKES_DAYS),
    Oddity(promised_and_broken, 0.3, TAKES_DAYS),
    Oddity(disputed_and_upheld, 0.4, TAKES_DAYS),
    Oddity(disputed_and_rejected, 0.3, TAKES_DAYS),
)
