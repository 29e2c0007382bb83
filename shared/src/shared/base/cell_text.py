"""Text in cells of tables that spreadsheets open: it stays text."""

import re
from typing import Final

FORMULA_SIGNS: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""A cell that begins with one of these may be run by a spreadsheet."""
SEPARATORS: Final = (",", ";", "|")
"""Where a spreadsheet may begin another cell: which sign that is, the reader's country decides, and not we."""

_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_BEGINS: Final = re.compile(
    rf"(^|[{''.join(SEPARATORS)}])([\s\u200b-\u200f\u2060\ufeff\"']*)(?=[{re.escape(''.join(FORMULA_SIGNS))}])"
)
"""A formula's sign where a cell begins, or might: behind blanks, signs that nobody sees, and quotes."""


def cell_text(free: str) -> str:
    """On one line, and behind an apostrophe where a spreadsheet would take it, or a part of it, for a formula."""
    line = _CONTROLS.sub(" ", free)
    return _BEGINS.sub(r"\1'\2", line)
