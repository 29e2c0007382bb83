"""The tables of a statement on paper: movements, open items, and credits that are not applied yet."""

from collections.abc import Sequence

from reportlab.lib.units import mm

from ledger.domain.statement import INVOICE, Account, Left, Movement, Statement
from ledger.gateways.letter import WIDTH, Table
from ledger.gateways.sheet import GREY, PLAIN, STRONG, Cell, Column, Text
from ledger.gateways.wording import Words

APPLIED_MAX = 12
"""Documents that one line says it was applied to; the CSV names them all."""

LINES_MAX = 3
"""Of a document's number or a reference."""

AMOUNT, DAY, DAYS = 29 * mm, 23 * mm, 28 * mm


def movements(words: Words, account: Account, statement: Statement) -> Table:
    """Opening balance, every movement with the balance after it, closing balance."""
    currency = account.currency
    document = 36 * mm
    columns = [
        Column(words("date"), DAY),
        Column(words("document"), document),
        Column(words("description"), WIDTH - DAY - document - 2 * AMOUNT),
        Column(words("amount"), AMOUNT, right=True),
        Column(words("balance"), AMOUNT, right=True),
    ]
    opening = words.amount(account.opening_minor, currency)
    closing = words.amount(account.closing_minor, currency)
    rows: list[Sequence[Cell]] = [_balance(words.day(statement.start), words("opening"), opening)]
    rows += [_movement(words, one, currency) for one in account.movements]
    rows.append(_balance(words.day(statement.as_of), words("balance"), closing))
    return Table(f"{words('movements')} ({currency})", columns, rows)


def open_items(words: Words, account: Account) -> Table:
    """What is open, the oldest due first."""
    columns = [
        Column(words("document"), WIDTH - DAY - DAYS - 2 * AMOUNT),
        Column(words("due"), DAY),
        Column(words("days_overdue"), DAYS, right=True),
        Column(words("total"), AMOUNT, right=True),
        Column(words("open"), AMOUNT, right=True),
    ]
    rows = [_open_item(words, one, account.currency) for one in account.open_items]
    return Table(f"{words('open_items')} ({account.currency})", columns, rows)


def unapplied(words: Words, account: Account) -> Table:
    """Payments and credit notes with something left."""
    columns = [
        Column(words("date"), DAY),
        Column(words("document"), WIDTH - DAY - 2 * AMOUNT),
        Column(words("amount"), AMOUNT, right=True),
        Column(words("unapplied"), AMOUNT, right=True),
    ]
    rows = [_credit(words, one, account.currency) for one in account.unapplied]
    return Table(f"{words('unapplied_heading')} ({account.currency})", columns, rows)


def _balance(day: str, name: str, amount: str) -> Sequence[Cell]:
    return [[plain(day)], [], [strong(name)], [], [strong(amount)]]


def _movement(words: Words, one: Movement, currency: str) -> Sequence[Cell]:
    named = words.kind(one.kind)
    if one.due_on is not None and one.kind == INVOICE:
        named = f"{named}, {words('due_on', day=words.day(one.due_on))}"
    said = [plain(named)]
    if one.reference:
        said.append(_small(one.reference))
    if one.applied:
        said.append(_small(words("applied", applied=_applied(words, one, currency))))
    return [
        [plain(words.day(one.on))],
        [plain(one.document)],
        said,
        [plain(words.amount(one.minor, currency))] if one.minor else [],
        [plain(words.amount(one.balance_minor, currency))],
    ]


def _applied(words: Words, one: Movement, currency: str) -> str:
    told = [f"{to} {words.amount(minor, currency)}" for to, minor in one.applied[:APPLIED_MAX]]
    if more := len(one.applied) - len(told):
        told.append(words("more", count=more))
    return "; ".join(told)


def _open_item(words: Words, left: Left, currency: str) -> Sequence[Cell]:
    item, overdue = left.item, left.days_overdue
    return [
        [plain(left.document)],
        [plain(words.day(item.due_on) or "–")],
        [strong(str(overdue))] if overdue else [plain("–")],
        [plain(words.amount(item.minor, currency))],
        [strong(words.amount(left.minor, currency))],
    ]


def _credit(words: Words, left: Left, currency: str) -> Sequence[Cell]:
    item = left.item
    said = [plain(f"{words.kind(item.kind)} {item.number}")]
    if item.reference:
        said.append(_small(item.reference))
    return [
        [plain(words.day(item.on))],
        said,
        [plain(words.amount(item.minor, currency))],
        [strong(words.amount(left.minor, currency))],
    ]


def plain(text: str) -> Text:
    """Ordinary words of a table."""
    return Text(text, PLAIN, lines_max=LINES_MAX)


def strong(text: str) -> Text:
    """Words that count most."""
    return Text(text, STRONG, lines_max=LINES_MAX)


def _small(text: str) -> Text:
    return Text(text, PLAIN, 7.2, GREY, lines_max=2 * LINES_MAX)
