"""A letter of one legal entity: who writes to whom, boxes of amounts, tables, and where to pay."""

from collections.abc import Sequence
from typing import NamedTuple

from reportlab.lib.colors import HexColor, white
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

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
    Cell,
    Column,
    Draw,
    Sheet,
    Text,
    draw_lines,
    lines_of,
)
from ledger.gateways.wording import Words
from shared.contracts.company import Brand, LegalEntity

NAME_LINES_MAX = 3
WIDTH = RIGHT - LEFT
BOX_HEIGHT, BOX_GAP = 14 * mm, 2 * mm
HEADING_NEEDS = 30 * mm
"""A heading stays together with the beginning of what it heads."""
TERM_WIDTH = 45 * mm


class Table(NamedTuple):
    """A heading, columns and rows."""

    heading: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]


class Heading(NamedTuple):
    """To whom, and what about."""

    name: str
    customer_number: str
    title: str
    below: str


class Letter:
    """Puts things on a sheet; `entity` None when nobody writes it."""

    def __init__(self, sheet: Sheet, words: Words, entity: LegalEntity | None) -> None:
        self.sheet, self.words, self.entity = sheet, words, entity
        self.brand = HexColor((entity.brand if entity else Brand(logo_text="")).color)

    def begin(self, heading: Heading) -> None:
        """A new page, with who writes, to whom, and the title."""
        sheet = self.sheet
        whom = (heading.title, heading.customer_number, heading.name)
        sheet.running_head = "  ·  ".join(one for one in whom if one)
        sheet.new_page()
        sheet.put(22 * mm, self._sender)
        name = Text(heading.name or heading.customer_number, STRONG, 11, lines_max=NAME_LINES_MAX)
        sheet.write(name, width=0.65 * WIDTH)
        number = f"{self.words('customer_number')} {heading.customer_number}"
        sheet.write(Text(number, color=GREY, lines_max=NAME_LINES_MAX), width=0.65 * WIDTH)
        sheet.space(9 * mm)
        sheet.write(Text(heading.title, STRONG, 17, self.brand, lines_max=NAME_LINES_MAX))
        sheet.write(Text(heading.below, size=9.5, color=GREY))
        sheet.space(4 * mm)

    def table(self, table: Table) -> None:
        """Under its heading."""
        self.sheet.space(6 * mm)
        self.sheet.needs(HEADING_NEEDS)
        self.sheet.write(Text(table.heading, STRONG, 10.5, self.brand))
        self.sheet.table(table.columns, table.rows)

    def terms(self, told: Sequence[tuple[str, str]]) -> None:
        """What things are: a name and its value on each line, those without a value left out."""
        for name, value in told:
            if value:
                self.sheet.put(*_term(Text(name, color=GREY, lines_max=1), Text(value)))

    def boxes(
        self, canvas: Canvas, y: float, told: Sequence[tuple[str, str]], *, strong: int = -1
    ) -> None:
        """Boxes side by side, a name above an amount in each; one in the brand's colour."""
        width = (WIDTH - BOX_GAP * (len(told) - 1)) / len(told)
        for number, (name, amount) in enumerate(told):
            x = LEFT + number * (width + BOX_GAP)
            ink, fill = (white, self.brand) if number == strong else (INK, TINT)
            canvas.setFillColor(fill)
            canvas.roundRect(x, y - BOX_HEIGHT, width, BOX_HEIGHT, 3, stroke=0, fill=1)
            label = Text(name, PLAIN, 7.2, ink if number == strong else GREY, lines_max=1)
            draw_lines(canvas, label, lines_of(label, width - 8 * 2), x + 8, y - 8)
            value = Text(amount, STRONG, 10.5, ink, lines_max=1)
            draw_lines(canvas, value, lines_of(value, width - 8 * 2), x + 8, y - 19)

    def pay_to(self, reference: str = "") -> None:
        """The bank account of whoever writes, and what a payment should name."""
        if (entity := self.entity) is None:
            return
        words, bank = self.words, entity.bank
        account, bic = f"{words('account')} {_in_fours(bank.iban)}", f"{words('bic')} {bank.bic}"
        self.sheet.needs(16 * mm)
        self.sheet.write(Text(words("pay_to"), STRONG, 8.5, self.brand))
        self.sheet.write(Text(f"{bank.holder}  ·  {bank.name}  ·  {account}  ·  {bic}", size=8.5))
        if reference:
            self.sheet.write(Text(words("please_name", reference=reference), size=8.5))

    def _sender(self, canvas: Canvas, y: float) -> None:
        canvas.setFillColor(self.brand)
        canvas.rect(0, PAGE_HEIGHT - 5 * mm, PAGE_WIDTH, 5 * mm, stroke=0, fill=1)
        if (entity := self.entity) is None:
            return
        logo = Text(entity.brand.logo_text, STRONG, 19, self.brand, lines_max=1)
        draw_lines(canvas, logo, lines_of(logo, 0.4 * WIDTH), LEFT, y)
        place = f"{entity.address.postal_code} {entity.address.city}, {entity.address.country}"
        name = Text(entity.name, STRONG, 8.5, lines_max=1)
        draw_lines(canvas, name, lines_of(name, 0.55 * WIDTH), RIGHT, y, right=True)
        for number, told in enumerate((entity.address.street, place, entity.sender.reply_to), 1):
            line = Text(told, PLAIN, 8, GREY, lines_max=1)
            below = y - number * name.leading
            draw_lines(canvas, line, lines_of(line, 0.55 * WIDTH), RIGHT, below, right=True)


def _in_fours(iban: str) -> str:
    """As it is printed on paper (ISO 13616)."""
    plain = iban.replace(" ", "")
    return " ".join(plain[place : place + 4] for place in range(0, len(plain), 4))


def _term(name: Text, value: Text) -> tuple[float, Draw]:
    """Its height, and how it is drawn."""
    names = lines_of(name, TERM_WIDTH - 6)
    values = lines_of(value, WIDTH - TERM_WIDTH)

    def draw(canvas: Canvas, y: float) -> None:
        draw_lines(canvas, name, names, LEFT, y)
        draw_lines(canvas, value, values, LEFT + TERM_WIDTH, y)

    return len(values) * value.leading + 2, draw
