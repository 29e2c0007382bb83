"""One bulk write of what a slice changed."""

from collections.abc import Iterable

from ledger.domain.books import Books
from ledger.domain.posting import RECEIVABLE, UNAPPLIED_CASH
from ledger.gateways import disputed
from ledger.gateways.credit_rows import allocation_row, credit_row
from ledger.gateways.past import CREDITS_THEN, INVOICES_THEN, keep_past_customers
from ledger.gateways.rows import adjustment_row, customer_row, invoice_row, terms_text
from ledger.gateways.tables import (
    ADJUSTMENTS,
    ALLOCATIONS,
    CREDITS,
    CUSTOMERS,
    ENTRIES,
    INVOICE_HISTORY,
    INVOICES,
    Table,
)
from shared.db.work import Row, Work

_TOTALS = """
INSERT INTO totals AS total (customer_id, legal_entity, currency, receivable_minor, unapplied_minor)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::bigint[])
ON CONFLICT (customer_id, legal_entity, currency) DO UPDATE SET
    receivable_minor = total.receivable_minor + excluded.receivable_minor,
    unapplied_minor = total.unapplied_minor + excluded.unapplied_minor
"""


async def save(work: Work, books: Books) -> None:
    """Write everything that changed, entries, history and totals; nothing that stayed as it was."""
    bodies = [(one.customer_id, one.body) for one in books.changed_customers.values()]
    keep_past_customers(work, bodies)
    CUSTOMERS.update(work, [customer_row(one) for one in books.changed_customers.values()])
    invoices = [(invoice_row(one), one.stored_row) for one in books.changed_invoices.values()]
    payments_and_notes = [
        (credit_row(one), one.stored_row) for one in books.changed_credits.values()
    ]
    INVOICES_THEN.keep(work, invoices)
    CREDITS_THEN.keep(work, payments_and_notes)
    await _write(work, INVOICES, invoices)
    await _write(work, CREDITS, payments_and_notes)
    await _save_allocations(work, books)
    adjustments = books.changed_adjustments.values()
    await _write(work, ADJUSTMENTS, ((adjustment_row(one), one.stored_row) for one in adjustments))

    await ENTRIES.insert(
        work, [(one.entry_id, *one.posting, one.reverses, work.moment) for one in books.entries]
    )
    await INVOICE_HISTORY.insert(
        work, [(*change, terms_text(terms)) for *change, terms in books.history]
    )
    _add_totals(work, books)
    disputed.save(work, books.disputed)


async def _write(work: Work, table: Table, rows: Iterable[tuple[Row, Row | None]]) -> None:
    new: list[Row] = []
    changed: list[Row] = []
    for row, stored in rows:
        if stored is None:
            new.append(row)
        elif row != stored:
            changed.append(row)
    await table.insert(work, new)
    table.update(work, changed)


async def _save_allocations(work: Work, books: Books) -> None:
    kept: list[tuple[Row, Row | None]] = []
    gone: list[Row] = []
    for key, application in books.changed_applications.items():
        stored = application.stored_row or books.dropped_rows.get(key)
        if books.credits[key[0]].applications.get(key[1]) is application:
            row = allocation_row(
                application, books.owner_beyond(application), stored, moment=work.moment
            )
            kept.append((row, stored))
        elif stored is not None:
            gone.append(key)
    ALLOCATIONS.delete(work, gone)
    await _write(work, ALLOCATIONS, kept)


def _add_totals(work: Work, books: Books) -> None:
    """Add what the entries moved on the control accounts; unapplied cash is counted as a positive amount."""
    sums: dict[tuple[object, str, str], list[int]] = {}
    for entry in books.entries:
        posting = entry.posting
        sums_of = sums.setdefault(
            (posting.customer_id, posting.legal_entity, posting.currency), [0, 0]
        )
        for account, minor in ((posting.debit, posting.minor), (posting.credit, -posting.minor)):
            if account == RECEIVABLE:
                sums_of[0] += minor
            elif account == UNAPPLIED_CASH:
                sums_of[1] -= minor
    work.later(_TOTALS, [(*key, *sums[key]) for key in sorted(sums, key=str)])
