"""The pages of a statement that one legal entity sends: letterhead, each currency with its tables, where to pay."""

from collections.abc import Sequence

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from ledger.domain.statement import Account, Statement
from ledger.gateways.letter import BOX_HEIGHT, Heading, Letter
from ledger.gateways.sheet import GREY, LEFT, Sheet, Text, draw_lines
from ledger.gateways.statement_tables import movements, open_items, unapplied
from ledger.gateways.wording import Words
from shared.contracts.company import LegalEntity


class Part:
    """What one legal entity says; None when there is nothing, so that nobody says it."""

    def __init__(
        self, sheet: Sheet, words: Words, statement: Statement, entity: LegalEntity | None
    ) -> None:
        self._sheet, self._words, self._statement = sheet, words, statement
        self._letter = Letter(sheet, words, entity)

    def fill(self, accounts: Sequence[Account]) -> None:
        """Put everything on the sheet, from a new page on."""
        statement, words = self._statement, self._words
        until = words.day(statement.as_of)
        if statement.start is None:
            period = words("until", until=until)
        else:
            period = words("between", start=words.day(statement.start), until=until)
        whom = (statement.name, statement.customer_number)
        self._letter.begin(Heading(*whom, words("title"), period))

        for account in accounts:
            self._account(account)
        if accounts:
            self._letter.pay_to()
        else:
            self._sheet.write(Text(words("nothing"), size=10))

    def _account(self, account: Account) -> None:
        sheet, words, letter = self._sheet, self._words, self._letter
        sheet.put(BOX_HEIGHT, lambda canvas, y: self._summary(canvas, y, account))
        letter.table(movements(words, account, self._statement))
        if account.open_items:
            letter.table(open_items(words, account))
            sheet.space(4 * mm)
            sheet.put(BOX_HEIGHT + 5 * mm, lambda canvas, y: self._aging(canvas, y, account))
        if account.unapplied:
            letter.table(unapplied(words, account))
        sheet.space(9 * mm)

    def _summary(self, canvas: Canvas, y: float, account: Account) -> None:
        """Opening balance, what was charged and credited, and the balance in the brand's colour."""
        words, currency = self._words, account.currency
        charged = sum(one.minor for one in account.movements if one.minor > 0)
        credited = sum(one.minor for one in account.movements if one.minor < 0)
        told = [
            (words("opening"), account.opening_minor),
            (words("charges"), charged),
            (words("credits"), credited),
            (words("balance"), account.closing_minor),
        ]
        boxes = [(name, f"{words.amount(minor, currency)} {currency}") for name, minor in told]
        self._letter.boxes(canvas, y, boxes, strong=len(boxes) - 1)

    def _aging(self, canvas: Canvas, y: float, account: Account) -> None:
        words = self._words
        title = Text(words("aging"), size=8, color=GREY)
        draw_lines(canvas, title, [title.text], LEFT, y)
        boxes = [
            (words.buckets[bucket], words.amount(minor, account.currency))
            for bucket, minor in account.aging.items()
        ]
        self._letter.boxes(canvas, y - 5 * mm, boxes)
