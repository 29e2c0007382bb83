"""Ordinary business: customers order, are invoiced and pay by habit, and a reminder moves them, or not."""

from collections.abc import Mapping
from datetime import date

from play.cast.customers import Customer
from play.cast.habits import RUN_AHEAD_DAYS, Habit, month_end_run, paying_day, reaction_to
from play.erp.documents import Invoice, Part
from play.record import Reading
from play.scenes.world import Scene, World
from shared.base.days import DAY
from shared.contracts.erp import PaymentMethod, ReturnReason

ON_ACCOUNT_PERCENT = 9
"""Payments that the ERP books on account first and applies days later."""
UNDIRECTED_PERCENT = 16
"""Payments of one invoice that come with a reference only; the ERP may confirm later."""
OVERPAID_PERCENT = 3
DEBIT_RETURNED_PERCENT = 9
SHORT_CREDITED_PERCENT = 20
"""How often the rest of a short payment is given up by credit note."""


def trading(world: World, customer: Customer) -> Scene:
    """The customer orders again and again for as long as the play lasts."""
    die = world.dice("trading", customer.number)
    if customer.habit is Habit.MONTH_END:
        world.begin(month_end_runs(world, customer))
    yield world.business_day_in(die.randint(0, customer.every_days), customer)

    while True:
        invoice = world.erp.draft(customer, net=_net(world, customer))
        world.erp.post(invoice)
        world.begin(life_of(world, invoice))
        yield world.business_day_in(
            die.randint(customer.every_days - 6, customer.every_days + 6), customer
        )


def life_of(world: World, invoice: Invoice) -> Scene:
    """The invoice waits until its customer's habit pays it, unless a reminder brought the money sooner."""
    customer = invoice.customer
    die = world.dice("life", invoice.id)
    payday = paying_day(
        customer.habit,
        invoice.due_on,
        issued_on=invoice.issued_on,
        calendar=customer.entity.calendar,
        die=die,
    )
    if payday is None or customer.habit is Habit.MONTH_END:
        return
    yield payday

    wanted = world.erp.book.payable(invoice)
    if wanted <= 0:
        return
    match customer.habit:
        case Habit.SHORT:
            world.begin(short_payment(world, invoice, wanted * die.randint(80, 97) // 100))
        case Habit.DIRECT_DEBIT:
            world.begin(collection(world, invoice))
        case _:
            world.begin(payment(world, customer, {invoice.id: wanted}))


def month_end_runs(world: World, customer: Customer) -> Scene:
    """One payment on the last business day of the month, for everything that is due about then."""
    while True:
        yield month_end_run(world.tomorrow, customer.entity.calendar)
        due = _payable(world, customer, until=world.today + RUN_AHEAD_DAYS * DAY)
        if due:
            world.begin(payment(world, customer, due))


def payment(world: World, customer: Customer, wanted: Mapping[str, int]) -> Scene:
    """Money comes in, and the ERP says at once, later or never where it goes."""
    book, parts = world.erp.book, _still_payable(world, wanted)
    if not parts:
        return
    die, total = world.dice("payment", customer.number, *parts), sum(parts.values())
    reference = "Payment of " + ", ".join(
        book.invoices[invoice_id].reference for invoice_id in parts
    )
    manner = die.randrange(100)

    if manner < ON_ACCOUNT_PERCENT:
        for invoice_id, part in parts.items():
            book.in_flight[invoice_id] += part
        money = world.erp.receive(
            customer, total, (), inline=(), reference="remittance advice follows"
        )
        yield world.business_day_in(die.randint(1, 4), customer)
        for invoice_id, part in parts.items():
            book.in_flight[invoice_id] -= part
        world.erp.allocate(money, _plain(_still_payable(world, parts)))
    elif (
        manner < ON_ACCOUNT_PERCENT + UNDIRECTED_PERCENT and len(parts) == 1 and not world.directed
    ):
        there = _plain(parts)
        money = world.erp.receive(customer, total, there, inline=None, reference=reference)
        if die.randrange(2):
            yield world.business_day_in(die.randint(2, 6), customer)
            world.erp.tell_allocations(money, money.applied)
    else:
        extra = die.randint(100, 5_000) if die.randrange(100) < OVERPAID_PERCENT else 0
        method = PaymentMethod.CARD if die.randrange(100) < 6 else PaymentMethod.TRANSFER
        there = _plain(parts)
        world.erp.receive(
            customer, total + extra, there, inline=there, reference=reference, method=method
        )


def short_payment(world: World, invoice: Invoice, amount: int) -> Scene:
    """Less than invoiced comes in; now and then the rest is given up later."""
    die, parts = world.dice("short", invoice.id), _still_payable(world, {invoice.id: amount})
    if not parts:
        return
    world.erp.receive(
        invoice.customer,
        parts[invoice.id],
        _plain(parts),
        inline=_plain(parts),
        reference=f"{invoice.reference} less claim",
    )
    if die.randrange(100) >= SHORT_CREDITED_PERCENT:
        return
    yield world.business_day_in(die.randint(10, 25), invoice.customer)

    rest = world.erp.book.payable(invoice)
    if rest > 0:
        world.erp.credit(
            invoice.customer,
            net=rest - _tax_within(rest, invoice),
            tax=_tax_within(rest, invoice),
            parts=(Part(invoice.id, rest),),
            corrects=invoice,
            reason="price difference",
        )


def collection(world: World, invoice: Invoice) -> Scene:
    """We collect by direct debit; some debits come back, and then the customer is an ordinary late payer."""
    die, parts = (
        world.dice("collection", invoice.id),
        _still_payable(world, {invoice.id: invoice.open}),
    )
    if not parts:
        return
    debit = world.erp.receive(
        invoice.customer,
        parts[invoice.id],
        _plain(parts),
        inline=_plain(parts),
        reference=f"DD {invoice.reference}",
        method=PaymentMethod.DIRECT_DEBIT,
    )
    if die.randrange(100) >= DEBIT_RETURNED_PERCENT:
        return
    yield world.business_day_in(die.randint(2, 5), invoice.customer)

    world.erp.return_payment(debit, reason=ReturnReason.BANK_RETURN)


def reaction(world: World, customer: Customer, reading: Reading) -> Scene:
    """The customer read a message: it pays what is listed within some days, or lays it aside."""
    ordinal = world.messages_read[customer.number]
    world.messages_read[customer.number] += 1
    die = world.dice("reaction", customer.number, ordinal)
    habit = reaction_to(customer.habit, ordinal)
    if die.randrange(100) >= habit.percent:
        return
    yield world.business_day_in(die.randint(habit.days_min, habit.days_max), customer)

    due = _payable(world, customer, until=world.today)
    listed = {
        invoice_id: part
        for invoice_id, part in due.items()
        if not reading.listed or world.erp.book.invoices[invoice_id].number in reading.listed
    }
    if listed:
        world.begin(payment(world, customer, listed))


def _payable(world: World, customer: Customer, *, until: date) -> dict[str, int]:
    """Invoices due by that day that the customer still has to pay, oldest first."""
    book = world.erp.book
    due = [
        invoice
        for invoice in book.invoices_of(customer)
        if invoice.due_on <= until and not invoice.scripted and book.payable(invoice) > 0
    ]
    due.sort(key=lambda invoice: (invoice.due_on, invoice.id))
    return {invoice.id: book.payable(invoice) for invoice in due}


def _still_payable(world: World, wanted: Mapping[str, int]) -> dict[str, int]:
    """What is wanted, less what came in meanwhile by another way."""
    book = world.erp.book
    parts = {
        invoice_id: min(part, book.payable(book.invoices[invoice_id]))
        for invoice_id, part in wanted.items()
    }
    return {invoice_id: part for invoice_id, part in parts.items() if part > 0}


def _plain(parts: Mapping[str, int]) -> tuple[Part, ...]:
    return tuple(Part(invoice_id, minor) for invoice_id, minor in parts.items())


def _net(world: World, customer: Customer) -> int:
    low, high = customer.net_minor
    die = world.dice("net", customer.number, world.today)
    return die.randrange(low, high) // 5 * 5


def _tax_within(gross: int, invoice: Invoice) -> int:
    """The tax part of a gross amount, in the invoice's own proportions, half up."""
    return (2 * gross * invoice.tax + invoice.total) // (2 * invoice.total)
