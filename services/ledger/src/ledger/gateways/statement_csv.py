"""A statement as CSV (RFC 4180), for spreadsheets: one table, whose first column says what a line is.

Amounts have a decimal point and no grouping, days are ISO 8601, whatever the customer's language. UTF-8 with a byte
order mark: without one Excel reads the bytes in the machine's old code page, and a Greek or Polish name arrives broken;
programs that read `utf-8-sig` do not mind it.
"""

import csv
import io
from collections.abc import Iterator

from ledger.domain.statement import Account, Left, Movement, Statement
from shared.base.cell_text import cell_text
from shared.base.money import decimal_text

BYTE_ORDER_MARK = "\ufeff"
COLUMNS = (
    *("line", "legal_entity", "currency", "date", "kind", "document", "reference", "due_on"),
    *("days_overdue", "amount", "balance", "applied_to"),
)

Cells = dict[str, str]


def statement_csv(statement: Statement) -> bytes:
    """The whole file. Its bytes follow from the statement alone."""
    sheet = io.StringIO(newline="")
    sheet.write(BYTE_ORDER_MARK)
    writer = csv.DictWriter(sheet, COLUMNS, restval="", lineterminator="\r\n")

    writer.writeheader()
    number, name = cell_text(statement.customer_number), cell_text(statement.name)
    writer.writerow({"line": "customer", "document": number, "reference": name})
    for account in statement.accounts:
        scope = {"legal_entity": cell_text(account.legal_entity), "currency": account.currency}
        writer.writerows(scope | cells for cells in _lines(account, statement))
    return sheet.getvalue().encode()


def _lines(account: Account, statement: Statement) -> Iterator[Cells]:
    currency, start = account.currency, statement.start
    opening = decimal_text(account.opening_minor, currency)
    yield {"line": "opening", "date": start.isoformat() if start else "", "balance": opening}
    for movement in account.movements:
        yield {"line": "movement"} | _movement(movement, currency)
    closing = decimal_text(account.closing_minor, currency)
    yield {"line": "closing", "date": statement.as_of.isoformat(), "balance": closing}
    for left in account.open_items:
        days = str(left.days_overdue)
        yield {"line": "open-item", "days_overdue": days} | _left(left, left.minor, currency)
    for left in account.unapplied:
        yield {"line": "unapplied"} | _left(left, -left.minor, currency)
    for bucket, minor in account.aging.items():
        yield {"line": "aging", "kind": bucket, "amount": decimal_text(minor, currency)}


def _movement(one: Movement, currency: str) -> Cells:
    applied = "; ".join(f"{to} {decimal_text(minor, currency)}" for to, minor in one.applied)
    return {
        "date": one.on.isoformat(),
        "kind": cell_text(one.kind),
        "document": cell_text(one.document),
        "reference": cell_text(one.reference),
        "due_on": one.due_on.isoformat() if one.due_on else "",
        "amount": decimal_text(one.minor, currency),
        "balance": decimal_text(one.balance_minor, currency),
        "applied_to": cell_text(applied),
    }


def _left(left: Left, minor: int, currency: str) -> Cells:
    item = left.item
    return {
        "date": item.on.isoformat(),
        "kind": item.kind,
        "document": cell_text(left.document),
        "reference": cell_text(item.reference),
        "due_on": item.due_on.isoformat() if item.due_on else "",
        "amount": decimal_text(minor, currency),
    }
