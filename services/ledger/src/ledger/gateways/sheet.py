"""Sheets of A4, filled from the top: text that wraps, tables that repeat their heads, pages that know their number.

What is put on a sheet is drawn at the end, when it is known how many pages there are. Points (1/72 inch), y upwards.
"""

import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

PLAIN, STRONG = "NotoSans-Regular", "NotoSans-SemiBold"
INK, GREY, HAIRLINE, TINT = (HexColor(one) for one in ("#1c2326", "#667075", "#d5dbde", "#f3f5f6"))
LEADING = 1.35
"""Line height by font size."""

PAGE_WIDTH, PAGE_HEIGHT = A4
LEFT, RIGHT = 18 * mm, PAGE_WIDTH - 18 * mm
TOP, BOTTOM = PAGE_HEIGHT - 16 * mm, 22 * mm
ROW_PADDING = 2.6
"""Above and below the text of a row."""

_UNPRINTABLE = re.compile(
    r"[\x00-\x20\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+"
)

Draw = Callable[[Canvas, float], None]
"""Draws downwards from y."""


class Text(NamedTuple):
    """A piece of text that is set as a whole; `lines_max` more than that end in an ellipsis."""

    text: str
    font: str = PLAIN
    size: float = 8.5
    color: Color = INK
    lines_max: int = 12

    @property
    def leading(self) -> float:
        return self.size * LEADING


class Column(NamedTuple):
    title: str
    width: float
    right: bool = False
    """Whether its texts end at its right edge, as amounts do."""


Cell = Sequence[Text]


def register_fonts(folder: Path) -> None:
    """Make both fonts known to the PDF library, once per process."""
    for name in (PLAIN, STRONG):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))


def lines_of(piece: Text, width: float) -> list[str]:
    """The text cut into lines of that width, between words where there are any."""
    lines: list[str] = []
    rest = _UNPRINTABLE.sub(" ", piece.text).strip()
    while rest and len(lines) < piece.lines_max:
        fitting = _fitting(rest, piece, width)
        lines.append(rest[:fitting].rstrip())
        rest = rest[fitting:].lstrip()
    if rest:
        lines[-1] = lines[-1][:-1].rstrip() + "…"
    return lines


def _fitting(text: str, piece: Text, width: float) -> int:
    """How many characters fit on a line; whole words, unless the first alone is too long."""
    if pdfmetrics.stringWidth(text, piece.font, piece.size) <= width:
        return len(text)
    fits, too_long = 1, len(text)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if pdfmetrics.stringWidth(text[:middle], piece.font, piece.size) <= width:
            fits = middle
        else:
            too_long = middle
    at_word = text.rfind(" ", 1, fits + 1)
    return at_word if at_word > 0 else fits


class Sheet:
    """Takes what is put on it, page after page."""

    def __init__(self, running_head: str = "") -> None:
        self.running_head = running_head
        """Stands on top of every page but the first of its kind."""
        self._pages: list[list[tuple[float, Draw]]] = []
        self._y = BOTTOM

    def new_page(self, *, with_head: bool = False) -> None:
        """Go on at the top of a new page."""
        self._pages.append([])
        self._y = TOP
        if with_head:
            self.write(Text(self.running_head, size=7.5, color=GREY, lines_max=1))
            self.space(10)

    def space(self, height: float) -> None:
        """Leave this much empty."""
        self._y -= height

    def needs(self, height: float) -> bool:
        """Make room for this much; answers whether a new page began."""
        if self._y - height >= BOTTOM:
            return False
        self.new_page(with_head=True)
        return True

    def put(self, height: float, draw: Draw) -> None:
        """Something that is not divided between pages."""
        self.needs(height)
        self._pages[-1].append((self._y, draw))
        self._y -= height

    def write(self, piece: Text, *, x: float = LEFT, width: float = RIGHT - LEFT) -> None:
        """A paragraph."""
        lines = lines_of(piece, width)
        self.put(
            len(lines) * piece.leading, lambda canvas, y: draw_lines(canvas, piece, lines, x, y)
        )

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> None:
        """Rows under a head that is repeated on each page."""
        head = [[Text(one.title, STRONG, 7.5, GREY, lines_max=1)] for one in columns]
        first = True
        for row in rows:
            height, draw = _row(columns, row)
            if first:
                self.needs(height + 24)
            if first or self.needs(height):
                self.put(*_row(columns, head, rule=INK))
            self.put(height, draw)
            first = False

    def pdf(
        self,
        *,
        title: str,
        author: str,
        language: str,
        footer: Callable[[int, int], tuple[str, str]],
    ) -> bytes:
        """The finished file: same content, same bytes. `footer` gives left and right text of (page, pages)."""
        file = io.BytesIO()
        canvas = Canvas(file, pagesize=A4, invariant=1, lang=language)
        canvas.setTitle(title)
        canvas.setAuthor(author)
        for number, page in enumerate(self._pages, 1):
            for y, draw in page:
                draw(canvas, y)
            left, right = (
                Text(one, size=7, color=GREY) for one in footer(number, len(self._pages))
            )
            draw_lines(canvas, left, [left.text], LEFT, BOTTOM - 14)
            draw_lines(canvas, right, [right.text], RIGHT, BOTTOM - 14, right=True)
            canvas.showPage()
        canvas.save()
        return file.getvalue()


def draw_lines(
    canvas: Canvas, piece: Text, lines: Sequence[str], x: float, y: float, *, right: bool = False
) -> None:
    """Set lines downwards from y, from x on or up to x."""
    canvas.setFont(piece.font, piece.size)
    canvas.setFillColor(piece.color)
    for number, line in enumerate(lines):
        baseline = y - number * piece.leading - piece.size
        (canvas.drawRightString if right else canvas.drawString)(x, baseline, line)


def _row(
    columns: Sequence[Column], row: Sequence[Cell], *, rule: Color = HAIRLINE
) -> tuple[float, Draw]:
    """A row's height and how it is drawn."""
    cells = [
        [(piece, lines_of(piece, column.width - 6)) for piece in cell]
        for column, cell in zip(columns, row, strict=True)
    ]
    height = 2 * ROW_PADDING + max(
        sum(len(lines) * piece.leading for piece, lines in cell) for cell in cells
    )

    def draw(canvas: Canvas, y: float) -> None:
        x = LEFT
        for column, cell in zip(columns, cells, strict=True):
            below = y - ROW_PADDING
            for piece, lines in cell:
                edge = x + column.width if column.right else x
                draw_lines(canvas, piece, lines, edge, below, right=column.right)
                below -= len(lines) * piece.leading
            x += column.width
        canvas.setStrokeColor(rule)
        canvas.setLineWidth(0.5)
        canvas.line(LEFT, y - height, RIGHT, y - height)

    return height, draw
