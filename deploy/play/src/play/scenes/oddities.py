"""What goes wrong in the field, one scene each: the cases that an ERP's books meet sooner or later.

A scene leads its own invoices (`scripted`), so that habits keep their hands off until the scene lets go of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from play.cast.customers import Customer
from play.erp.documents import Invoice, Part
from play.scenes.trade import life_of, trading
from play.scenes.world import Scene, World
from shared.contracts.erp import (
    Channel,
    CustomerStatus,
    ErpCustomerHold,
    ErpInvoiceHold,
    InvoiceKind,
)

OddScene = Callable[[World, Customer, Random], Scene]


@dataclass(frozen=True, slots=True)
class Oddity:
    """How often it happens per thousand customer-days (at least once), and how many days it takes."""

    scene: OddScene
    per_thousand: float
    takes_days: int = 6
    directed: bool = True
    """It gives the same result in any order within a day."""

    @property
    def name(self) -> str:
        return self.scene.__name__.replace("_", "-")


# --- payments


def on_account_then_elsewhere(world: World, customer: Customer, die: Random) -> Scene:
    """Money on account, applied days later, un-applied, and applied elsewhere."""
    erp, first, second = world.erp, scripted(world, customer, die), scripted(world, customer, die)
    yield world.business_day_in(3, customer)
    amount = min(first.total, second.total)
    money = erp.receive(customer, amount, (), inline=(), reference="thank you")
    yield world.business_day_in(die.randint(2, 4), customer)
    erp.allocate(money, (Part(first.id, amount),))
    yield world.business_day_in(die.randint(2, 3), customer)
    erp.allocate(money, ())
    yield world.business_day_in(1, customer)
    erp.allocate(money, (Part(second.id, amount),))
    let_go(world, first, second)


def returned(world: World, customer: Customer, die: Random) -> Scene:
    """A transfer that the bank takes back: the invoice is open again, as old as it was."""
    erp, invoice = world.erp, scripted(world, customer, die)
    yield world.business_day_in(die.randint(2, 5), customer)
    parts = (Part(invoice.id, invoice.total),)
    money = erp.receive(customer, invoice.total, parts, inline=parts, reference=invoice.reference)
    yield world.business_day_in(die.randint(2, 4), customer)
    erp.return_payment(money)
    let_go(world, invoice)


def partly_returned(world: World, customer: Customer, die: Random) -> Scene:
    """A third of a payment comes back."""
    erp, invoice = world.erp, scripted(world, customer, die)
    yield world.business_day_in(2, customer)
    parts = (Part(invoice.id, invoice.total),)
    money = erp.receive(customer, invoice.total, parts, inline=parts, reference=invoice.reference)
    yield world.business_day_in(3, customer)
    erp.return_payment(money, amount=invoice.total // 3)
    let_go(world, invoice)


def typed_wrong(world: World, customer: Customer, die: Random) -> Scene:
    """A payment with a wrong amount, cancelled and entered again."""
    erp, invoice = world.erp, scripted(world, customer, die)
    yield world.business_day_in(3, customer)
    parts = (Part(invoice.id, invoice.total // 10),)
    wrong = erp.receive(customer, invoice.total // 10, parts, inline=parts, reference="typo")
    yield world.business_day_in(1, customer)
    erp.cancel_payment(wrong)
    whole = (Part(invoice.id, invoice.total),)
    erp.receive(customer, invoice.total, whole, inline=whole, reference=invoice.reference)


def payment_before_invoice(world: World, customer: Customer, die: Random) -> Scene:
    """Paid at the counter; the invoice takes a day longer to get through."""
    erp = world.erp
    invoice = erp.draft(customer, net=net_of(customer, die))
    invoice.scripted = True
    erp.post(invoice, late_days=1)
    parts = (Part(invoice.id, invoice.total),)
    erp.receive(customer, invoice.total, parts, inline=parts, reference=invoice.reference)
    yield world.tomorrow


def raised_payment(world: World, customer: Customer, die: Random) -> Scene:
    """Allocations above the payment wait until the payment is corrected upwards."""
    erp, invoice = world.erp, scripted(world, customer, die)
    yield world.business_day_in(2, customer)
    reference, parts = invoice.reference, (Part(invoice.id, invoice.total),)
    money = erp.receive(customer, invoice.total // 2, (), inline=(), reference=reference)
    yield world.business_day_in(1, customer)
    erp.tell_allocations(money, parts)
    yield world.tomorrow
    money.amount = invoice.total
    erp.tell_payment(money, inline=(), reference=reference)
    erp.book.apply(money, parts, on=world.today)


# --- invoices and credit notes


def amended(world: World, customer: Customer, die: Random) -> Scene:
    """A position is added, then the due date is moved."""
    erp, invoice = world.erp, scripted(world, customer, die)
    yield world.business_day_in(2, customer)
    erp.amend(invoice, net=invoice.net + invoice.net // 5)
    yield world.business_day_in(2, customer)
    invoice.due_on += timedelta(days=7)
    erp.amend(invoice)
    let_go(world, invoice)


def cancelled_and_reissued(world: World, customer: Customer, die: Random) -> Scene:
    erp, invoice = world.erp, scripted(world, customer, die)
    yield world.business_day_in(3, customer)
    erp.cancel_invoice(invoice, reason="wrong address")
    again = erp.draft(customer, net=invoice.net)
    erp.post(again)
    world.begin(life_of(world, again))


def cancelled_after_payment(world: World, customer: Customer, die: Random) -> Scene:
    """A paid invoice is cancelled; two days later the ERP applies the money to the new one."""
    erp, invoice = world.erp, scripted(world, customer, die)
    yield world.business_day_in(2, customer)
    parts = (Part(invoice.id, invoice.total),)
    money = erp.receive(customer, invoice.total, parts, inline=parts, reference=invoice.reference)
    yield world.business_day_in(2, customer)
    erp.cancel_invoice(invoice, reason="wrong price")
    again = erp.draft(customer, net=invoice.net)
    again.scripted = True
    erp.post(again)
    yield world.business_day_in(2, customer)
    erp.allocate(money, (Part(again.id, min(money.worth, again.total)),))
    let_go(world, again)


def credited_in_part(world: World, customer: Customer, die: Random) -> Scene:
    """A credit note that names its invoice and is applied at once."""
    erp, invoice = world.erp, scripted(world, customer, die)
    yield world.business_day_in(3, customer)
    net, tax = invoice.net // 4, invoice.tax // 4
    parts = (Part(invoice.id, net + tax),)
    erp.credit(customer, net=net, tax=tax, parts=parts, corrects=invoice, reason="damaged goods")
    let_go(world, invoice)


def credit_before_invoice(world: World, customer: Customer, die: Random) -> Scene:
    """The credit note is quicker than the invoice that it corrects."""
    erp = world.erp
    invoice = erp.draft(customer, net=net_of(customer, die))
    erp.post(invoice, late_days=1)
    net, tax = invoice.net // 10, invoice.tax // 10
    parts = (Part(invoice.id, net + tax),)
    erp.credit(customer, net=net, tax=tax, parts=parts, corrects=invoice, reason="launch bonus")
    world.begin(life_of(world, invoice))
    yield world.tomorrow


def credit_on_account(world: World, customer: Customer, die: Random) -> Scene:
    """A yearly bonus without invoice, used later; another one is a mistake and taken back."""
    erp, invoice = world.erp, scripted(world, customer, die)
    bonus = erp.credit(customer, net=invoice.net // 8, tax=0, parts=(), reason="yearly bonus")
    mistake = erp.credit(customer, net=5_000, tax=0, parts=(), reason="yearly bonus")
    yield world.business_day_in(2, customer)
    erp.cancel_credit_note(mistake, reason="entered twice")
    yield world.business_day_in(3, customer)
    erp.allocate(bonus, (Part(invoice.id, bonus.worth),))
    let_go(world, invoice)


def debit_note(world: World, customer: Customer, die: Random) -> Scene:
    """Freight charged afterwards, and a zero invoice for a sample."""
    for net, kind in (
        (die.randint(10, 90) * 100, InvoiceKind.DEBIT_NOTE),
        (0, InvoiceKind.INVOICE),
    ):
        invoice = world.erp.draft(customer, net=net)
        invoice.kind = kind
        world.erp.post(invoice)
        world.begin(life_of(world, invoice))
    yield world.tomorrow


# --- holds and customers


def erp_hold(world: World, customer: Customer, die: Random) -> Scene:
    """Sales asks for silence in the ERP, and lifts it again."""
    customer.holds = (ErpCustomerHold(reason="contract renewal, sales asks for silence"),)
    world.erp.tell_customer(customer)
    yield world.business_day_in(die.randint(8, 20), customer)
    customer.holds = ()
    world.erp.tell_customer(customer)


def invoice_hold(world: World, customer: Customer, die: Random) -> Scene:
    """The ERP flags one invoice as disputed for two weeks."""
    invoice = scripted(world, customer, die)
    yield world.business_day_in(5, customer)
    invoice.holds = (ErpInvoiceHold(reason="dispute: quantity"),)
    world.erp.amend(invoice)
    yield world.business_day_in(14, customer)
    invoice.holds = ()
    world.erp.amend(invoice)
    let_go(world, invoice)


def newcomer(world: World, customer: Customer) -> Scene:
    """The first invoice overtakes the customer's own record."""
    invoice = world.erp.draft(
        customer, net=net_of(customer, world.dice("newcomer", customer.number))
    )
    world.erp.post(invoice)
    world.erp.tell_customer(customer, late_days=1)
    world.begin(life_of(world, invoice))
    world.begin(trading(world, customer), on=world.tomorrow)
    yield world.tomorrow


def no_more_texts(world: World, customer: Customer, die: Random) -> Scene:
    """A contact says no to text messages."""
    first, *others = customer.contacts
    refused = first.model_copy(update={"opted_out": (Channel.SMS,)})
    customer.contacts = (refused, *others)
    world.erp.tell_customer(customer)
    yield world.tomorrow


def gone_inactive(world: World, customer: Customer, die: Random) -> Scene:
    """The ERP closes a customer by mistake and opens it again."""
    customer.status = CustomerStatus.INACTIVE
    world.erp.tell_customer(customer)
    yield world.business_day_in(die.randint(3, 6), customer)
    customer.status = CustomerStatus.ACTIVE
    world.erp.tell_customer(customer)


ODDITIES: tuple[Oddity, ...] = (
    Oddity(on_account_then_elsewhere, 1.2, takes_days=14),
    Oddity(returned, 1.2, takes_days=10),
    Oddity(partly_returned, 0.4, takes_days=8),
    Oddity(typed_wrong, 0.6),
    Oddity(payment_before_invoice, 1.0, takes_days=2),
    Oddity(raised_payment, 0.3, takes_days=6),
    Oddity(amended, 1.5, takes_days=8),
    Oddity(cancelled_and_reissued, 0.8),
    Oddity(cancelled_after_payment, 0.4, takes_days=10),
    Oddity(credited_in_part, 1.0),
    Oddity(credit_before_invoice, 0.4, takes_days=2),
    Oddity(credit_on_account, 0.5, takes_days=9),
    Oddity(debit_note, 0.8, takes_days=2),
    Oddity(erp_hold, 0.6, takes_days=22),
    Oddity(invoice_hold, 0.6, takes_days=22),
    Oddity(no_more_texts, 0.3, takes_days=1),
    Oddity(gone_inactive, 0.2, takes_days=8),
)


def scripted(world: World, customer: Customer, die: Random) -> Invoice:
    """A new invoice that the scene leads."""
    invoice = world.erp.draft(customer, net=net_of(customer, die))
    invoice.scripted = True
    world.erp.post(invoice)
    return invoice


def let_go(world: World, *invoices: Invoice) -> None:
    """From here on the customer's habit pays what is left."""
    for invoice in invoices:
        invoice.scripted = False
        world.begin(life_of(world, invoice))


def net_of(customer: Customer, die: Random) -> int:
    """What such a customer orders for."""
    low, high = customer.net_minor
    return die.randrange(low, high) // 5 * 5
