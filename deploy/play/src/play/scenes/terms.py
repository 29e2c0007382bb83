"""Terms of payment: invoices due in parts, and discounts for paying early, taken, missed or booked later."""

from random import Random

from play.cast.customers import Customer
from play.erp.adjustments import adjust
from play.erp.documents import Discount, Instalment, Invoice, Part
from play.scenes.oddities import Oddity, let_go, net_of
from play.scenes.world import Scene, World
from shared.base.days import DAY
from shared.contracts.erp import AdjustmentReason, DeductionKind

# --- instalments


def in_three_parts(world: World, customer: Customer, die: Random) -> Scene:
    """The first is paid on its day, the second late, the third by habit."""
    invoice = _due_in_parts(world, customer, die, (7, 40), (14, 30), (24, 30))
    for late_days, part in zip((0, 5), invoice.instalments, strict=False):
        assert part.due_on is not None
        yield customer.entity.calendar.next_business_day(part.due_on + late_days * DAY)
        _pay_parts(world, invoice, part)
    let_go(world, invoice)


def two_parts_at_once(world: World, customer: Customer, die: Random) -> Scene:
    """One payment for the first two of three parts."""
    invoice = _due_in_parts(world, customer, die, (5, 20), (10, 30), (20, 50))
    yield world.business_day_in(8, customer)
    _pay_parts(world, invoice, *invoice.instalments[:2])
    let_go(world, invoice)


def retention(world: World, customer: Customer, die: Random) -> Scene:
    """A tenth is kept back until the work is accepted; then it gets its day."""
    invoice = _due_in_parts(world, customer, die, (10, 90), (None, 10))
    work, kept_back = invoice.instalments
    yield world.business_day_in(9, customer)
    _pay_parts(world, invoice, work)
    yield world.business_day_in(die.randint(8, 14), customer)
    invoice.due_on = world.today + 10 * DAY
    invoice.instalments = (work, kept_back._replace(due_on=invoice.due_on))
    world.erp.amend(invoice)
    let_go(world, invoice)


def part_without_a_name(world: World, customer: Customer, die: Random) -> Scene:
    """The money is exactly the first part; the ERP says the invoice only, or not even that."""
    invoice = _due_in_parts(world, customer, die, (6, 50), (20, 50))
    yield world.business_day_in(5, customer)
    minor = invoice.instalments[0].minor
    parts = (Part(invoice.id, minor),)
    inline = parts if world.directed or die.randrange(2) else None
    world.erp.receive(customer, minor, parts, inline=inline, reference=invoice.reference)
    let_go(world, invoice)


# --- discounts


def paid_early(world: World, customer: Customer, die: Random) -> Scene:
    """2/10 net 30: 98 % come in time, and the ERP states the deduction."""
    invoice = _discounted(world, customer, die, (10, 2))
    yield world.business_day_in(die.randint(3, 6), customer)
    _pay_less(world, invoice, invoice.discounts[0])
    let_go(world, invoice)


def paid_in_the_second_tier(world: World, customer: Customer, die: Random) -> Scene:
    """3/7, 2/14 net 30: too late for the first, in time for the second."""
    invoice = _discounted(world, customer, die, (7, 3), (14, 2))
    yield world.business_day_in(8, customer)
    _pay_less(world, invoice, invoice.discounts[1])
    let_go(world, invoice)


def paid_a_day_late(world: World, customer: Customer, die: Random) -> Scene:
    """The customer takes the discount a day too late: it stays open as a short payment."""
    payday = world.business_day_in(9, customer)
    invoice = _discounted(world, customer, die, ((payday - world.today).days - 1, 2))
    yield payday
    minor = invoice.total - invoice.discounts[0].minor
    parts = (Part(invoice.id, minor),)
    world.erp.receive(customer, minor, parts, inline=parts, reference=invoice.reference)
    let_go(world, invoice)


def discount_booked_later(world: World, customer: Customer, die: Random) -> Scene:
    """The discount was rightly taken; the ERP books it days after the money."""
    invoice = _discounted(world, customer, die, (10, 2))
    yield world.business_day_in(die.randint(3, 6), customer)
    minor = invoice.discounts[0].minor
    cash = invoice.total - minor
    parts = (Part(invoice.id, cash),)
    world.erp.receive(customer, cash, parts, inline=parts, reference=invoice.reference)
    world.erp.book.spare(invoice, minor, "kept for paying early", on=world.today)
    yield world.business_day_in(die.randint(3, 15), customer)
    adjust(world.erp, invoice, minor, AdjustmentReason.DISCOUNT)
    world.erp.book.spare(invoice, -minor, "booked", on=world.today)


def discount_taken_unasked(world: World, customer: Customer, die: Random) -> Scene:
    """The money says only which invoice; days later the ERP says that the discount went with it."""
    invoice = _discounted(world, customer, die, (10, 2))
    yield world.business_day_in(die.randint(3, 6), customer)
    parts = (_less(invoice, invoice.discounts[0]),)
    money = world.erp.receive(
        customer, parts[0].minor, parts, inline=None, reference=invoice.reference
    )
    yield world.business_day_in(die.randint(2, 5), customer)
    world.erp.tell_allocations(money, parts)


TERMS: tuple[Oddity, ...] = (
    Oddity(in_three_parts, 0.8, takes_days=40),
    Oddity(two_parts_at_once, 0.3, takes_days=24),
    Oddity(retention, 0.5, takes_days=40),
    Oddity(part_without_a_name, 0.4, takes_days=24),
    Oddity(paid_early, 0.8, takes_days=14),
    Oddity(paid_in_the_second_tier, 0.4, takes_days=16),
    Oddity(paid_a_day_late, 0.4, takes_days=16),
    Oddity(discount_booked_later, 0.5, takes_days=30),
    Oddity(discount_taken_unasked, 0.4, takes_days=18, directed=False),
)


def _due_in_parts(
    world: World, customer: Customer, die: Random, *parts: tuple[int | None, int]
) -> Invoice:
    """A scripted invoice, due in so many days (None = no day yet), so many per cent each; the last has the rest."""
    invoice = _drafted(world, customer, die)
    amounts = [invoice.total * percent // 100 for _, percent in parts[:-1]]
    amounts.append(invoice.total - sum(amounts))
    invoice.instalments = tuple(
        Instalment(number, None if days is None else world.today + days * DAY, minor)
        for number, ((days, _), minor) in enumerate(zip(parts, amounts, strict=True), 1)
    )
    invoice.due_on = max(one.due_on for one in invoice.instalments if one.due_on)
    world.erp.post(invoice)
    return invoice


def _discounted(world: World, customer: Customer, die: Random, *tiers: tuple[int, int]) -> Invoice:
    """A scripted invoice, net 30; each tier gives so many days and per cent. DE01 tells amounts, others percents."""
    invoice = _drafted(world, customer, die)
    invoice.due_on = world.today + 30 * DAY
    invoice.discounts = tuple(
        Discount(
            world.today + days * DAY,
            (2 * invoice.total * percent + 100) // 200,
            None if customer.entity.code == "DE01" else percent,
        )
        for days, percent in tiers
    )
    world.erp.post(invoice)
    return invoice


def _drafted(world: World, customer: Customer, die: Random) -> Invoice:
    invoice = world.erp.draft(customer, net=net_of(customer, die))
    invoice.scripted = True
    return invoice


def _pay_parts(world: World, invoice: Invoice, *instalments: Instalment) -> None:
    parts = tuple(Part(invoice.id, one.minor, one.number) for one in instalments)
    amount = sum(one.minor for one in instalments)
    world.erp.receive(invoice.customer, amount, parts, inline=parts, reference=invoice.reference)


def _pay_less(world: World, invoice: Invoice, discount: Discount) -> None:
    """The whole invoice, less its discount."""
    part = _less(invoice, discount)
    world.erp.receive(
        invoice.customer, part.minor, (part,), inline=(part,), reference=invoice.reference
    )


def _less(invoice: Invoice, discount: Discount) -> Part:
    deductions = ((DeductionKind.DISCOUNT, discount.minor),)
    return Part(invoice.id, invoice.total - discount.minor, deductions=deductions)
