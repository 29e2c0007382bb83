"""How a scene asks an ERP for something: our people act in the morning, and the ERP reads of it the next day.

It answers after a few business days. Where nobody carries out an errand the ERP hears nothing, and the scene comes to
its end without it.
"""

from collections.abc import Generator
from datetime import date
from random import Random

from play.cast.customers import Customer
from play.erp.documents import Invoice, Part
from play.errands import Asking, Closing, Paying
from play.scenes.oddities import let_go, net_of
from play.scenes.world import Scene, World
from shared.base.days import DAY
from shared.contracts.erp import INVOICES, PAYMENTS, ErpRequestRefused, ItemKind
from shared.contracts.inbox import PaymentPostingRequested, Requested

DUE_IN_DAYS = 2
PATIENCE_DAYS = 3
"""So long the scene waits for the ERP to hear of it."""
ENDS_IN_DAYS = 14
"""After the errand, at the latest: closer to the end of the play nobody asks."""

Answered = Generator[date, None, Requested | None]

# --- our people


def entered(
    world: World, customer: Customer, die: Random, *, said: bool = True
) -> Generator[date, None, tuple[Invoice, Asking]]:
    """An invoice is past due, and somebody here knows of money for it: all of it, or most."""
    invoice = due_soon(world, customer, die)
    yield world.business_day_in(die.randint(3, 5), customer)
    minor = invoice.open * die.choice((3, 5)) // 5 if said else invoice.open
    return invoice, asking_of(
        world,
        customer,
        PaymentPostingRequested,
        minor,
        reference=f"E2E-{invoice.id}",
        parts=((invoice.id, minor),) if said else None,
    )


def to_give_up(
    world: World, customer: Customer, die: Random, asks: type[Requested]
) -> Generator[date, None, tuple[Invoice, Asking]]:
    """An invoice is past due, and we want to give up some of it."""
    invoice = due_soon(world, customer, die)
    yield world.business_day_in(die.randint(3, 5), customer)
    item = (ItemKind.INVOICE, invoice.id)
    return invoice, asking_of(
        world, customer, asks, invoice.open * die.randint(1, 4) // 4, item=item
    )


def asking_of(
    world: World,
    customer: Customer,
    asks: type[Requested],
    minor: int,
    *,
    reference: str | None = None,
    item: tuple[ItemKind, str] | None = None,
    parts: tuple[tuple[str, int], ...] | None = None,
) -> Asking:
    entity = customer.entity
    about = (asks, entity.source, customer.number, entity.code, entity.currency)
    return Asking(*about, minor, world.today, reference, item, parts)


def due_soon(world: World, customer: Customer, die: Random, *, net: int | None = None) -> Invoice:
    """A scripted invoice that would be reminded of while the ERP has not answered yet."""
    net = net_of(customer, die) if net is None else net
    invoice = world.erp.draft(customer, net=net, due_on=world.today + DUE_IN_DAYS * DAY)
    invoice.scripted = True
    world.erp.post(invoice)
    return invoice


def there_is_time(world: World, days: int = ENDS_IN_DAYS) -> bool:
    return world.today + days * DAY < world.end


def heard(
    world: World, customer: Customer, asking: Asking, spared: Invoice | None, die: Random
) -> Answered:
    """Ask, and come back when the ERP answers; None when it never heard of it. Until then the invoice is spared."""
    if not there_is_time(world):
        return None
    world.errands.append(asking)
    if spared is not None:
        world.erp.book.spare(spared, asking.minor, "entered at our door", on=world.today)
    return (yield from told(world, customer, asking, die))


def told(world: World, customer: Customer, asking: Asking | Paying, die: Random) -> Answered:
    """Come back when the ERP answers what it is asked."""
    for _ in range(PATIENCE_DAYS):
        yield world.tomorrow
        request = next((one for one in world.requests if asking.is_told_by(one)), None)
        if request is not None:
            yield world.business_day_in(die.randint(1, 3), customer)
            return request
    return None


def end(world: World, invoice: Invoice) -> None:
    """What we entered stands no longer: the ERP's stands, or nothing."""
    spare_no_more(world, invoice)
    let_go(world, invoice)


def spare_no_more(world: World, invoice: Invoice) -> None:
    if left := sum(move.minor for move in invoice.spared):
        world.erp.book.spare(invoice, -left, "answered", on=world.today)


# --- the ERP


def post(
    world: World, invoice: Invoice, asking: Asking, request: Requested | None, *, said: bool = True
) -> None:
    """The ERP's own payment: it names the request, or else the bank's reference; `said` says where it belongs, too."""
    money = world.erp.draft_payment(invoice.customer, asking.minor)
    money.dated = asking.on
    if request is None:
        assert asking.reference is not None
        money.bank_reference = asking.reference
    else:
        money.request_id = str(request.request_id)
    parts = (Part(invoice.id, asking.minor),)
    world.erp.take(money, parts, inline=parts if said else None, reference="as advised")


def credit_as_asked(world: World, invoice: Invoice, asking: Asking, request: Requested) -> None:
    """The ERP's own credit note, which names the request."""
    tax = asking.minor * invoice.tax // invoice.total
    note = world.erp.draft_credit_note(invoice.customer, net=asking.minor - tax, tax=tax)
    note.request_id = str(request.request_id)
    parts = (Part(invoice.id, asking.minor),)
    world.erp.book.receive(note)
    world.erp.book.apply(note, parts, on=world.today)
    world.erp.tell_credit_note(note, corrects=invoice, reason="complaint", inline=parts)


def refused(world: World, invoice: Invoice, request: Requested, die: Random, why: str) -> Scene:
    """The ERP says no; until somebody has seen to it, one or two days later, the customer is left in peace."""
    no = ErpRequestRefused(request_id=str(request.request_id), reason=why)
    world.erp.wire.put(
        invoice.customer,
        no.TYPE,
        PAYMENTS if isinstance(request, PaymentPostingRequested) else INVOICES,
        no.model_dump_json().encode(),
        told_on=world.today,
    )
    yield world.business_day_in(die.randint(1, 2), invoice.customer)
    world.errands.append(Closing(request.request_id, f"seen: {why}"))
    spare_no_more(world, invoice)
