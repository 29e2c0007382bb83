"""Complete a profile from what the file and the company file show; ask by name for what they do not."""

from collections.abc import Iterable, Sequence
from typing import Any

from ledger.domain import header_words
from ledger.domain.date_order import DateEvidence, DateOrder
from ledger.domain.decimal_mark import DecimalMark, MarkEvidence
from ledger.handlers.read_row import Row
from shared.base.errors import Refusal
from shared.contracts.company import Company, LegalEntity
from shared.contracts.erp import Kind
from shared.contracts.import_profile import FileKind, ImportProfile, RowsAre

HEADER_ROWS_MAX = 50
"""So far down the headers are looked for: title lines may stand above them."""

SAP_DOCUMENT = ("BUKRS", "BELNR", "GJAHR", "BUZEI")
"""A document's number comes again in another company and another year."""

LANGUAGES = {
    "DE": "de", "AT": "de", "CH": "de", "LI": "de", "FR": "fr", "BE": "nl", "NL": "nl", "IT": "it", "ES": "es",
    "PT": "pt", "PL": "pl", "SE": "sv", "DK": "da", "NO": "nb", "FI": "fi", "CZ": "cs",
}  # fmt: skip
"""Country → language to guess for its customers; English elsewhere."""


class HeadersUnknown(Refusal):
    """No row of the file holds headers that are known: the profile must say `kind` and `columns`."""

    code = "headers-not-recognised"


class ColumnMissing(Refusal):
    """A column that the profile names, or that a file of this kind needs, is not in the file."""

    code = "column-missing"


class SourceUnclear(Refusal):
    """The company file has several sources: the profile must say which of them the file speaks for."""

    code = "source-unclear"


class LegalEntityUnclear(Refusal):
    """The source speaks for several legal entities: the profile must say which, or name a column."""

    code = "legal-entity-unclear"


class TermsMissing(Refusal):
    """Neither a due date nor terms of payment are known: the profile must say `columns.due_on` or `terms_days`."""

    code = "terms-missing"


def find_headers(top: Sequence[Row], said: ImportProfile) -> ImportProfile:
    """The profile with `kind`, `header_row` and `columns`."""
    row = said.header_row or _header_row(top, said)
    cells = next((one.cells for one in top if one.number == row), None)
    if cells is None:
        raise HeadersUnknown(f"there is nothing in row {row}", pointer="/header_row")
    headers = [header.strip() for header in cells if header.strip()]
    kind = said.kind or _kind(headers, said)
    columns: dict[str, Any] = header_words.fields_in(headers, kind) | said.columns
    _complete_sap(columns, headers, kind, said)
    _check_columns(columns, headers, kind)
    rows = said.rows or (_rows(columns) if kind is FileKind.INVOICES else RowsAre.DOCUMENTS)
    return said.model_copy(
        update={"kind": kind, "header_row": row, "columns": columns, "rows": rows}
    )


def set_defaults(said: ImportProfile, company: Company) -> ImportProfile:
    """The profile with source, legal entity, currency, and how customers are who the file says little about."""
    _check_terms(said)
    source = said.source or _source(said, company)
    known = company.source(source)
    entities = known.legal_entities if known else ()
    entity = said.legal_entity or (entities[0] if len(entities) == 1 else None)
    if (
        entity is None
        and "legal_entity" not in said.columns
        and said.kind is not FileKind.CUSTOMERS
    ):
        raise LegalEntityUnclear(
            f"say legal_entity: one of {', '.join(entities) or 'none is known'}",
            pointer="/legal_entity",
        )
    home = company.legal_entity(entity) if entity else None
    country = said.country or (home.address.country if home else None)
    return said.model_copy(
        update={
            "source": source,
            "legal_entity": entity,
            "currency": said.currency or _currency(said, home),
            "customer_kind": said.customer_kind or Kind.CONSUMER,
            "country": country,
            "language": said.language or LANGUAGES.get(country or "", "en"),
        }
    )


def settle_signs(said: ImportProfile, dates: DateEvidence, marks: MarkEvidence) -> ImportProfile:
    """The profile with date order and decimal mark, once the whole file has been seen; refuses what stays open."""
    order = dates.order(DateOrder(said.date_order) if said.date_order else None)
    mark = marks.mark(DecimalMark(said.decimal_mark) if said.decimal_mark else None)
    return said.model_copy(
        update={"date_order": order and order.value, "decimal_mark": mark and mark.value}
    )


def _header_row(top: Sequence[Row], said: ImportProfile) -> int:
    """The row that holds all columns that the profile names, or else the one with most words that are known."""
    named = {header for one in said.columns.values() for header in _headers_of(one)}
    best, row = 0, 0
    for number, cells in top[:HEADER_ROWS_MAX]:
        headers = [cell.strip() for cell in cells]
        kind = said.kind or header_words.kind_of(headers)
        known = len(header_words.fields_in(headers, kind)) if kind else 0
        score = known + len(named.intersection(headers)) * header_words.WEIGHT_OF_NAMED
        if score > best:
            best, row = score, number
    if not row:
        seen = ", ".join(top[0].cells)[:200] if top else "nothing"
        raise HeadersUnknown(f"say kind, columns and header_row; the file begins with: {seen}")
    return row


def _kind(headers: Sequence[str], said: ImportProfile) -> FileKind:
    for kind in FileKind:
        if (
            said.columns
            and header_words.fits(said.columns, kind)
            and kind is not FileKind.CUSTOMERS
        ):
            return kind
    found = header_words.kind_of(headers)
    if found is None:
        raise HeadersUnknown(
            f"say kind and columns; the headers are: {', '.join(headers)[:300]}", pointer="/kind"
        )
    return FileKind(found)


def _complete_sap(
    columns: dict[str, Any], headers: Sequence[str], kind: str, said: ImportProfile
) -> None:
    by_plain = {header_words.plain(header): header for header in headers}
    if kind == FileKind.CUSTOMERS or not {"belnr", "gjahr"} <= by_plain.keys():
        return
    field = "payment_id" if kind == FileKind.PAYMENTS else "invoice_id"
    if field not in said.columns:
        columns[field] = tuple(
            by_plain[one.lower()] for one in SAP_DOCUMENT if one.lower() in by_plain
        )
    if kind == FileKind.INVOICES:
        columns.setdefault("invoice_number", by_plain["belnr"])


def _check_columns(columns: dict[str, Any], headers: Sequence[str], kind: str) -> None:
    for field, named in columns.items():
        if field not in header_words.WORDS[kind]:
            known = ", ".join(sorted(header_words.WORDS[kind]))
            raise ColumnMissing(
                f"a file of {kind} has no field {field!r}, but {known}", pointer=f"/columns/{field}"
            )
        for header in _headers_of(named):
            if header not in headers:
                raise ColumnMissing(
                    f"the file has no column {header!r}", pointer=f"/columns/{field}"
                )
    for needed in header_words.NEEDED[kind]:
        if needed.isdisjoint(columns):
            raise ColumnMissing(
                f"say which column holds {' or '.join(sorted(needed))}; there are {', '.join(headers)[:300]}",
                pointer=f"/columns/{min(needed)}",
            )
    if kind == FileKind.PAYMENTS and "payment_id" not in columns:
        raise ColumnMissing(
            "payments need a number of their own; several columns together may be it: "
            "columns: {payment_id: [Date, Customer, Amount]}",
            pointer="/columns/payment_id",
        )


def _check_terms(said: ImportProfile) -> None:
    """Refuse invoices that nobody can say the due dates of."""
    known = "due_on" in said.columns or "terms_days" in said.columns or said.terms_days is not None
    if said.kind is FileKind.INVOICES and not known:
        raise TermsMissing("say terms_days, or the column of due_on", pointer="/terms_days")


def _rows(columns: dict[str, Any]) -> RowsAre:
    if columns.keys().isdisjoint({"total", "open"}):
        return RowsAre.LINES_TO_ADD_UP
    lines = not columns.keys().isdisjoint({"line_amount", "unit_price", "quantity"})
    return RowsAre.LINES_REPEATING_TOTALS if lines else RowsAre.DOCUMENTS


def _source(said: ImportProfile, company: Company) -> str:
    fitting = [
        one.source
        for one in company.sources
        if said.legal_entity is None or said.legal_entity in one.legal_entities
    ]
    if len(fitting) != 1:
        named = ", ".join(one.source for one in company.sources)
        raise SourceUnclear(f"say source: one of {named}", pointer="/source")
    return fitting[0]


def _currency(said: ImportProfile, home: LegalEntity | None) -> str | None:
    return home.currency if home and "currency" not in said.columns else None


def _headers_of(named: str | Iterable[str]) -> tuple[str, ...]:
    return (named,) if isinstance(named, str) else tuple(named)
