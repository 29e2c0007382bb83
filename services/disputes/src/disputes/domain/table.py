"""CSV: text in one of the encodings that tables come in, in lines that end."""

import codecs
import unicodedata
from typing import Final

from disputes.domain.mismatch import begins_like_another, mismatch

LINE_CHARACTERS_MAX: Final = 32_767
_LINE_SIGNS: Final = frozenset("\t\r\n")
_MARKED: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def check_table(content: bytes) -> None:
    """Raises PaperContentMismatch for what is no text, begins like another kind of file, or has lines without end."""
    text = _text(content)
    if text is None:
        raise mismatch("the file is no text in UTF-8, UTF-16 or Windows-1252")
    if what := begins_like_another(text[:64].encode()):
        raise mismatch(f"the file is {what}")
    if not text.strip():
        raise mismatch("there is nothing in the table")
    if any(unicodedata.category(sign) == "Cc" for sign in set(text) - _LINE_SIGNS):
        raise mismatch("the file has signs that no text has")
    if _has_endless_line(text):
        raise mismatch(f"a line has more than {LINE_CHARACTERS_MAX} characters")


def _has_endless_line(text: str) -> bool:
    """From one line's end to the last that is within reach, so that no line is held by itself."""
    place = 0
    while (reach := place + LINE_CHARACTERS_MAX + 1) <= len(text):
        end = max(text.rfind("\n", place, reach), text.rfind("\r", place, reach))
        if end < 0:
            return True
        place = end + 1
    return False


def _text(content: bytes) -> str | None:
    encodings = ("utf-16",) if content.startswith(_MARKED) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
