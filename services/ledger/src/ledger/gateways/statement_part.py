"""The pages of a statement that one legal entity sends: letterhead, each currency with its tables, where to pay."""

from collections.abc import Sequence

from reportlab.lib.colors import HexColor, white
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from ledger.domain.statement import Account, Statement
from ledger.gateways.sheet import (
    GREY,
    INK,
    LEFT,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    PLAIN,
    RIGHT,
    STRONG,
    TINT,
    Sheet,
    Text,
    draw_lines,
    lines_of,
)
from ledger.gateways.statement_tables import WIDTH, Table, movements, open_items, unapplied
from ledger.gateways.wording import Words
from shared.contracts.company import Brand, LegalEntity

NAME_LINES_MAX = 3
BOX_HEIGHT, BOX_GAP = 14 * mm, 2 * mm
HEADING_NEEDS = 30 * mm
"""A heading stays together with the beginning of what it heads."""


class Part:
    """What one legal entity says; None when there is nothing, so that nobody says it."""

    def __init__(
        self, sheet: Sheet, words: Words, statement: Statement, entity: LegalEntity | None
    ) -> None:
        self._sheet, self._words, self._statement, self._entity = sheet, words, statement, entity
        self._brand = HexColor((entity.brand if entity else Brand(logo_text="")).color)

    def fill(self, accounts: Sequence[Account]) -> None:
        """Put everything on the sheet, from a new page on."""
        whom = (self._words("title"), self._statement.customer_number, self._statement.name)
        self._sheet.running_head = "  ·  ".join(one for one in whom if one)
        self._sheet.new_page()
        self._letterhead()
        for account in accounts:
            self._account(account)
        if not accounts:
            self._sheet.write(Text(self._words("nothing"), size=10))
        elif self._entity is not None:
            self._pay_to(self._entity)

    def _letterhead(self) -> None:
        sheet, words, statement = self._sheet, self._words, self._statement
        sheet.put(22 * mm, self._sender)
        name = Text(
            statement.name or statement.customer_number, STRONG, 11, lines_max=NAME_LINES_MAX
        )
        sheet.write(name, width=0.65 * WIDTH)
        number = f"{words('customer_number')} {statement.customer_number}"
        sheet.write(Text(number, color=GREY, lines_max=NAME_LINES_MAX), width=0.65 * WIDTH)
        sheet.space(9 * mm)
        sheet.write(Text(words("title"), STRONG, 17, self._brand))
        until = words.day(statement.as_of)
        if statement.start is None:
            period = words("until", until=until)
        else:
            period = words("between", start=words.day(statement.start), until=until)
        sheet.write(Text(period, size=9.5, color=GREY))
        sheet.space(4 * mm)

    def _sender(self, canvas: Canvas, y: float) -> None:
        canvas.setFillColor(self._brand)
        canvas.rect(0, PAGE_HEIGHT - 5 * mm, PAGE_WIDTH, 5 * mm, stroke=0, fill=1)
        if (entity := self._entity) is None:
            return
        logo = Text(entity.brand.logo_text, STRONG, 19, self._brand, lines_max=1)
        draw_lines(canvas, logo, lines_of(logo, 0.4 * WIDTH), LEFT, y)
        place = f"{entity.address.postal_code} {entity.address.city}, {entity.address.country}"
        name = Text(entity.name, STRONG, 8.5, lines_max=1)
        draw_lines(canvas, name, lines_of(name, 0.55 * WIDTH), RIGHT, y, right=True)
        for number, told in enumerate((entity.address.street, place, entity.sender.reply_to), 1):
            line = Text(told, PLAIN, 8, GREY, lines_max=1)
            below = y - number * name.leading
            draw_lines(canvas, line, lines_of(line, 0.55 * WIDTH), RIGHT, below, right=True)

    def _account(self, account: Account) -> None:
        sheet, words = self._sheet, self._words
        sheet.put(BOX_HEIGHT, lambda canvas, y: self._summary(canvas, y, account))
        self._table(movements(words, account, self._statement))
        if account.open_items:
            self._table(open_items(words, account))
            sheet.space(4 * mm)
            sheet.put(BOX_HEIGHT + 5 * mm, lambda canvas, y: self._aging(canvas, y, account))
        if account.unapplied:
            self._table(unapplied(words, account))
        sheet.space(9 * mm)

    def _table(self, table: Table) -> None:
        self._sheet.space(6 * mm)
        self._sheet.needs(HEADING_NEEDS)
        self._sheet.write(Text(table.heading, STRONG, 10.5, self._brand))
        self._sheet.table(table.columns, table.rows)

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
        self._boxes(canvas, y, boxes, strong=len(boxes) - 1)

    def _aging(self, canvas: Canvas, y: float, account: Account) -> None:
        words = self._words
        title = Text(words("aging"), size=8, color=GREY)
        draw_lines(canvas, title, [title.text], LEFT, y)
        boxes = [
            (words.buckets[bucket], words.amount(minor, account.currency))
            for bucket, minor in account.aging.items()
        ]
        self._boxes(canvas, y - 5 * mm, boxes)

    def _boxes(
        self, canvas: Canvas, y: float, told: Sequence[tuple[str, str]], *, strong: int = -1
    ) -> None:
        """Boxes side by side, a name above an amount in each."""
        width = (WIDTH - BOX_GAP * (len(told) - 1)) / len(told)
        for number, (name, amount) in enumerate(told):
            x = LEFT + number * (width + BOX_GAP)
            ink, fill = (white, self._brand) if number == strong else (INK, TINT)
            canvas.setFillColor(fill)
            canvas.roundRect(x, y - BOX_HEIGHT, width, BOX_HEIGHT, 3, stroke=0, fill=1)
            label = Text(name, PLAIN, 7.2, ink if number == strong else GREY, lines_max=1)
            draw_lines(canvas, label, lines_of(label, width - 8 * 2), x + 8, y - 8)
            value = Text(amount, STRONG, 10.5, ink, lines_max=1)
            draw_lines(canvas, value, lines_of(value, width - 8 * 2), x + 8, y - 19)

    def _pay_to(self, entity: LegalEntity) -> None:
        words, bank = self._words, entity.bank
        told = "   ".join(
            (
                bank.holder,
                bank.name,
                f"{words('account')} {bank.iban}",
                f"{words('bic')} {bank.bic}",
            )
        )
        self._sheet.needs(12 * mm)
        self._sheet.write(Text(words("pay_to"), STRONG, 8.5, self._brand))
        self._sheet.write(Text(told, size=8.5))
