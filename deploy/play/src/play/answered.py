"""What customers answered, as it stands in the end: what came of it, and the laws that it was meant so and held."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from play.checks import CustomerFound, check_of
from play.doors import Item
from play.erp.book import Book
from play.errands import Answer, Deciding, End, Errand, Paying, sayings_of
from play.portal import Page
from play.summary import Check
from shared.base.ids import object_id
from shared.base.money import decimal_text

Answers = Mapping[tuple[Answer, str], Sequence[str]]
"""(answer, invoice as we have it) → its states, as the portal shows them to the customer."""

PLAINLY = {"completed": End.KEPT, "succeeded": End.PAID}
"""States that have a plainer name."""
DECLINED, LEFT_OUT = "declined first", "short with a reason"
ASKED_AGAIN = "asked for again"
ASKED_ONCE = {End.PAID: "payment-posting", End.UPHELD: "credit-note"}
"""What the ERP is asked for, where money comes of it."""
REMINDING = ("courtesy", "reminder")


def answered_on(errands: Iterable[Errand]) -> Iterator[tuple[date, str]]:
    """On which days customers answered, and what; whoever leaves out a part with a reason disputes it, too."""
    for said in sayings_of(errands):
        yield said.on, said.answer.value
    for one in errands:
        if isinstance(one, Paying) and one.left_out:
            yield one.said.on, Answer.DISPUTE.value


def came_of(
    book: Book,
    errands: Sequence[Errand],
    answers: Answers,
    pages: Iterable[Page],
    found: Iterable[CustomerFound],
) -> dict[str, dict[str, int]]:
    """What came of each kind of answer, first how it ended; on the way to money, and after it did not come."""
    came: dict[str, Counter[str]] = {answer.value: Counter() for answer in Answer}
    for (answer, _), states in answers.items():
        came[answer.value].update(_plainly(states))
    short = {one.said.key for one in errands if isinstance(one, Paying) and one.left_out}
    declined = sum(page.was_declined for page in pages)
    came[Answer.PAYMENT.value].update({DECLINED: declined, LEFT_OUT: len(short)})
    for answer in _asked_for_again(book, errands, found):
        came[answer.value][ASKED_AGAIN] += 1
    return {answer: _in_order(counts) for answer, counts in came.items()}


def answers_end_as_meant(
    book: Book,
    errands: Sequence[Errand],
    answers: Answers,
    requests: Iterable[Item],
    found: Iterable[CustomerFound],
) -> Check:
    """Kept is kept and broken is broken; what is upheld is credited once, what is paid is paid once."""
    meant = _meant(errands)
    asked = Counter(_asked(requests))
    ours = {item["source_id"]: item["open"] for one in found for item in one.open_items}

    nobodys = sorted(answers.keys() - meant.keys())
    wrong = [f"{answer} of {our_invoice}: meant by nobody" for answer, our_invoice in nobodys]
    for (answer, our_invoice), (end, invoice_id) in meant.items():
        what, invoice = f"{answer} of {invoice_id}", book.invoices[invoice_id]
        ends = _plainly(answers.get((answer, our_invoice), ()))
        if ends != [end]:
            wrong.append(f"{what}: {', '.join(ends) or 'nothing'}, meant was {end}")
        if end in ASKED_ONCE and (times := asked[ASKED_ONCE[end], invoice_id]) != 1:
            wrong.append(f"{what}: {times} times in the books")
        theirs = decimal_text(invoice.open, invoice.customer.entity.currency)
        if Decimal(held := ours.get(invoice_id, "0")) != Decimal(theirs):
            wrong.append(f"{what}: {held} open in the ledger, {theirs} in the ERP")
    return check_of(
        "answers-end-as-meant",
        "Each dispute, promise, plan and payment of a customer ended as it was meant to, and is in the books once.",
        len(meant),
        wrong,
    )


def held_amounts_are_not_asked_for(book: Book, found: Iterable[CustomerFound]) -> Check:
    """What is disputed, promised, planned or entered and not booked yet was in no reminder of those days."""
    by_number = {one.number: one for one in book.invoices.values() if one.spared}
    wrong, looked_at = [], 0
    for number, message in _reminders(found):
        on = date.fromisoformat(message["contact_day"])
        for invoice_number, asked in _asked_for(message).items():
            looked_at += 1
            if (invoice := by_number.get(invoice_number)) is None:
                continue
            claimed = decimal_text(invoice.claimed_after(on), invoice.customer.entity.currency)
            if asked > Decimal(claimed):
                wrong.append(f"{on} {number}: {asked} of {invoice_number}, not held were {claimed}")
    return check_of(
        "held-amounts-are-not-asked-for",
        "No reminder asked for an amount while it was disputed, promised, planned or entered.",
        looked_at,
        wrong,
    )


def customers_see_what_is_owed(
    book: Book, errands: Iterable[Errand], shown: Mapping[str, str]
) -> Check:
    """Whoever answered is shown of every invoice what the ERP's own books say. `shown`: by our id of the invoice."""
    who = {book.invoices[said.invoice_id].customer.number for said in sayings_of(errands)}
    wrong, looked_at = [], 0
    for invoice in book.invoices.values():
        if (customer := invoice.customer).number in who:
            looked_at += 1
            held = shown.get(str(object_id(customer.entity.source, "invoice", invoice.id)), "0")
            if Decimal(held) != Decimal(
                said := decimal_text(invoice.open, customer.entity.currency)
            ):
                wrong.append(f"{invoice.id}: portal {held}, ERP {said}")
    return check_of(
        "customers-see-what-is-owed",
        "Who answered at the portal is shown of each of their invoices what is open in the ERP.",
        looked_at,
        wrong,
    )


def _meant(errands: Iterable[Errand]) -> dict[tuple[Answer, str], tuple[End, str]]:
    """(answer, invoice as we have it) → how it should end, and the ERP's own id of the invoice."""
    meant = {
        (one.answer, one.our_invoice): (one.meant, one.invoice_id) for one in sayings_of(errands)
    }
    for one in errands:
        if isinstance(one, Deciding):
            meant[Answer.DISPUTE, one.said.our_invoice] = (one.outcome, one.said.invoice_id)
    return meant


def _asked_for_again(
    book: Book, errands: Iterable[Errand], found: Iterable[CustomerFound]
) -> Iterator[Answer]:
    """What was broken and then stood in a reminder."""
    asked_on: dict[str, str] = {}
    for _, message in _reminders(found):
        for number in _asked_for(message):
            asked_on[number] = max(asked_on.get(number, ""), message["contact_day"])
    for said in sayings_of(errands):
        number = book.invoices[said.invoice_id].number
        if said.meant is End.BROKEN and asked_on.get(number, "") > str(said.pay_on):
            yield said.answer


def _in_order(counts: Mapping[str, int]) -> dict[str, int]:
    """What the play has a name for comes first."""
    known = [one for one in (*End, DECLINED, LEFT_OUT, ASKED_AGAIN) if counts.get(one)]
    return {
        str(one): counts[one] for one in dict.fromkeys([*known, *sorted(counts)]) if counts[one]
    }


def _plainly(states: Iterable[str]) -> list[str]:
    return [PLAINLY.get(state, state) for state in states]


def _asked(requests: Iterable[Item]) -> Iterator[tuple[str, str]]:
    """What the ERPs have done for us, and about which of their invoices."""
    for one in requests:
        if one["answered_by"]:
            about = [part["source_id"] for part in one["allocations"] or ()]
            about += [one["item"]["id"]] if one["item"] else []
            yield from ((one["kind"], invoice_id) for invoice_id in about)


def _reminders(found: Iterable[CustomerFound]) -> Iterator[tuple[str, Item]]:
    for one in found:
        for message in one.messages:
            if message["status"] == "sent" and message["purpose"] in REMINDING:
                yield one.customer_number, message


def _asked_for(message: Item) -> dict[str, Decimal]:
    """Invoice number → how much the message says is open, of all its instalments."""
    asked: dict[str, Decimal] = defaultdict(Decimal)
    for item in message["items"]:
        asked[item["invoice_number"]] += Decimal(item["open"])
    return asked
