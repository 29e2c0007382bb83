"""Look at all rows of a file for what no single one can tell: date order, decimal mark, zeros that were lost."""

from collections.abc import Sequence

from ledger.domain import header_words
from ledger.domain.date_order import DateEvidence
from ledger.domain.decimal_mark import MarkEvidence
from ledger.handlers.read_row import Reader, Row, number_of
from shared.base.errors import Refusal
from shared.contracts.import_profile import RowsAre

NUMBERED = ("customer_number", "invoice_id", "invoice_number")


class LinesScattered(Refusal):
    """Lines that are to be added up do not stand together: sort the file by document."""

    code = "lines-scattered"


class Survey:
    """What has been seen so far; ask `settle_signs` when all rows have been."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.dates = DateEvidence()
        self.marks = MarkEvidence()
        self._document = ""
        self._documents_seen: set[int] = set()
        self._scattered = ""
        self._with_zero: dict[str, str] = {}
        self._shorter: dict[str, str] = {}

    def see(self, rows: Sequence[Row]) -> None:
        """Take these rows into account; what cannot be read is its own row's trouble."""
        places = self._reader.places
        adding = self._reader.profile.rows is RowsAre.LINES_TO_ADD_UP
        for row in rows:
            if adding:
                self._note_document(number_of(self._reader, row))
            self.dates.see(self._texts(row, header_words.DATES))
            self.marks.see(self._texts(row, header_words.AMOUNTS))
            for field in NUMBERED:
                if field in places:
                    self._note_zeros(field, self._texts(row, (field,)))

    def check(self) -> None:
        """Refuse a file whose rows cannot be turned one after the other."""
        if self._scattered:
            raise LinesScattered(
                f"lines of {self._scattered} stand apart: sort the file by document"
            )

    def notices(self) -> list[str]:
        """Sentences for the person who imports, about what is read but looks wrong."""
        return [
            f"{self._reader.header_of(field)}: {zero} begins with a zero, {self._shorter[field]} is shorter; "
            f"if a spreadsheet has dropped zeros, say digits: {{{field}: {len(zero)}}}"
            for field, zero in self._with_zero.items()
            if field in self._shorter
            and len(self._shorter[field]) < len(zero)
            and field not in self._reader.profile.digits
        ]

    def _texts(self, row: Row, fields: Sequence[str]) -> list[str]:
        texts = []
        for field in fields:
            if field in self._reader.places:
                try:
                    texts.append(self._reader.text(row.cells, field))
                except Refusal:
                    continue
        return [text for text in texts if text]

    def _note_document(self, number: str) -> None:
        if number == self._document:
            return
        if number and hash(number) in self._documents_seen:
            self._scattered = self._scattered or number
        self._documents_seen.add(hash(number))
        self._document = number

    def _note_zeros(self, field: str, texts: Sequence[str]) -> None:
        for text in texts:
            if text.isdecimal():
                kind = self._with_zero if text.startswith("0") else self._shorter
                if field not in kind or len(text) < len(kind[field]):
                    kind[field] = text
