"""Text in cells of tables that spreadsheets open: it stays text."""

import re
from typing import Final

FORMULA_SIGNS: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""A cell that begins with one of these may be run by a spreadsheet."""

_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def cell_text(free: str) -> str:
    """On one line, and behind an apostrophe where a spreadsheet would take it for a formula."""
    line = _CONTROLS.sub(" ", free)
    return f"'{line}" if line.lstrip().startswith(FORMULA_SIGNS) else line
