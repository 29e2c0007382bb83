"""Judge what a run says of some customers: differences begin, go on and end; nothing is booked (ERP rule 10)."""

from collections.abc import Mapping
from uuid import UUID

from ledger.domain.books import Books
from ledger.domain.comparison import TOTAL, Compared, Item, compare, withheld_minor
from ledger.domain.credit import NOBODY
from ledger.domain.difference import Difference, Ending
from ledger.domain.judging import Judging
from ledger.handlers.tell_changes import tell_changes
from shared.base.clock import Moment
from shared.base.ids import derived_id
from shared.base.money import decimal_text
from shared.contracts.inbox import DifferedItem, DifferedKind, OpenItemsDiffered


def judge_customers(judging: Judging) -> None:
    """Each customer at hand; whom the run does not state has nothing open."""
    for customer_id, number in judging.numbers.items():
        ours, stated = judging.ours.get(customer_id, ()), judging.stated.get(customer_id, ())
        for compared in compare(ours, stated, judging.moved):
            if not compared.moved:
                _judge(judging, customer_id, number, compared)


def judge_totals(judging: Judging, stated: Mapping[str, int]) -> None:
    """What was stated beside the totals at the run's end: where they differ, something was left out."""
    for currency, ours, theirs in judging.run.totals_beside(stated):
        item = Item(TOTAL, None, "", currency)
        _judge(judging, NOBODY, "", Compared(item, ours, theirs, moved=False))


def withhold(books: Books, judging: Judging, *, moment: Moment) -> None:
    """Hold back what the ERP states less, and let go what it does not any more."""
    books.begin()
    for invoice_id, minor in judging.withhold.items():
        books.touch_invoice(books.invoices[invoice_id]).withheld_minor = minor
    tell_changes(books, moment=moment)


def _judge(judging: Judging, customer_id: UUID, number: str, compared: Compared) -> None:
    item = compared.item
    place = (customer_id, judging.run.name.legal_entity, item)
    standing = judging.standing.get(place)
    if compared.agrees:
        if standing is not None:
            standing.end(Ending.AGREED, judging.word.at)
            judging.changed[standing.difference_id] = standing
    else:
        _see(judging, standing or _begin(judging, customer_id, number, item), compared)

    wanted = withheld_minor(compared)
    if item.item_id is not None and wanted != judging.withheld.get(item.item_id, 0):
        judging.withhold[item.item_id] = wanted


def _see(judging: Judging, difference: Difference, compared: Compared) -> None:
    """It is told when it begins and when a figure changes, not every night."""
    judging.changed[difference.difference_id] = difference
    judging.seen.append(difference)
    if difference.see(compared, judging.word):
        difference.version += 1
        judging.announce(differed_of(difference))


def _begin(judging: Judging, customer_id: UUID, number: str, item: Item) -> Difference:
    name, word = judging.run.name, judging.word
    return Difference(
        derived_id("difference", word.run_key, customer_id, *item),
        name.source,
        name.legal_entity,
        customer_id,
        number,
        item,
        word,
        word,
        0,
        0,
    )


def differed_of(difference: Difference) -> OpenItemsDiffered:
    """The difference as the ERP hears of it."""
    item = difference.item
    return OpenItemsDiffered(
        difference_id=difference.difference_id,
        version=difference.version,
        source=difference.source,
        run_id=difference.last.run_id,
        as_of=difference.last.as_of,
        customer_id=difference.customer_id,
        customer_number=difference.customer_number or None,
        legal_entity=difference.legal_entity,
        item=DifferedItem(kind=DifferedKind(item.kind), id=item.source_id or None),
        currency=item.currency,
        ours=decimal_text(difference.ours_minor, item.currency),
        theirs=decimal_text(difference.theirs_minor, item.currency),
    )
