"""Which sign a file's amounts have before their decimals, and what an amount then means."""

import re
from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum

from shared.base.errors import Refusal
from shared.base.money import AmountNotANumber

SHOWN_CHARACTERS_MAX = 40
DECIMALS_OF_A_GROUP = 3

_NOISE = re.compile(r"[\s\u00a0\u202f'’]|[A-Z]{3}\b|\b[A-Z]{3}|[€$£¥]")
_DIGITS = re.compile(r"[\d.,]*\d[\d.,]*")
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:\.\d+)?[eE][+-]?\d{1,2}")
_GROUPS = re.compile(r"\d{1,3}(?:G\d{2,3})*G\d{3}|\d+")


class DecimalMark(StrEnum):
    """`1,234.56` has a point, `1.234,56` a comma."""

    POINT = "."
    COMMA = ","

    @property
    def other(self) -> "DecimalMark":
        return DecimalMark.COMMA if self is DecimalMark.POINT else DecimalMark.POINT


class DecimalMarkAmbiguous(Refusal):
    """`1.234` may be a thousand or little more than one: the profile must say `decimal_mark`."""

    code = "decimal-mark-ambiguous"


class DecimalMarkMixed(Refusal):
    """Some amounts can only be read with a point, some only with a comma."""

    code = "decimal-mark-mixed"


class DecimalMarkContradicted(Refusal):
    """The profile's `decimal_mark` is not the one that the file's amounts show."""

    code = "decimal-mark-contradicted"


def mark_in(text: str) -> DecimalMark | None:
    """The mark that this amount shows; None when it shows none, or could be read either way."""
    bare = _bare(text)[0]
    points, commas = bare.count("."), bare.count(",")
    if not _DIGITS.fullmatch(bare) or not points + commas:
        return None
    last = DecimalMark(bare[max(bare.rfind("."), bare.rfind(","))])
    if points and commas:
        return last
    if points + commas > 1:
        return last.other
    whole, decimals = re.split("[.,]", bare)
    grouped = len(decimals) == DECIMALS_OF_A_GROUP and 0 < len(whole) <= DECIMALS_OF_A_GROUP
    return None if grouped and not whole.startswith("0") else last


def amount_of(text: str, mark: DecimalMark | None, *, pointer: str = "") -> Decimal:
    """The exact amount. Minus before or behind, and parentheses, make it negative; currency signs are passed over."""
    bare, negative = _bare(text)
    if _SCIENTIFIC.fullmatch(bare):
        amount = Decimal(bare)
    else:
        mark = mark or DecimalMark.POINT
        whole, _, decimals = bare.partition(mark)
        groups = _GROUPS.fullmatch(whole.replace(mark.other, "G") or "0")
        if not groups or not (decimals or "0").isdecimal() or not _DIGITS.fullmatch(bare):
            raise AmountNotANumber(
                f"{text[:SHOWN_CHARACTERS_MAX]!r} is no amount with {mark.value!r} before its decimals",
                pointer=pointer,
            )
        amount = Decimal(f"{whole.replace(mark.other, '') or '0'}.{decimals or '0'}")
    return -amount if negative else amount


class MarkEvidence:
    """What the amounts seen so far show; see every amount of the file, then ask for the `mark`."""

    def __init__(self) -> None:
        self._shown: dict[DecimalMark, str] = {}
        self._doubtful = ""

    def see(self, texts: Iterable[str]) -> None:
        """Take these into account."""
        for text in texts:
            found = mark_in(text)
            if found is not None:
                self._shown.setdefault(found, text)
            elif (
                not self._doubtful
                and _DIGITS.fullmatch(bare := _bare(text)[0])
                and not bare.isdecimal()
            ):
                self._doubtful = text

    def mark(self, said: DecimalMark | None) -> DecimalMark | None:
        """The file's mark; None when no amount has one. `said` is the profile's word, which the file may refute."""
        shown = ", ".join(repr(text) for text in self._shown.values())
        if len(self._shown) > 1:
            raise DecimalMarkMixed(
                f"the file's amounts have no one decimal mark: {shown}", pointer="/decimal_mark"
            )
        if said is not None and self._shown and said not in self._shown:
            raise DecimalMarkContradicted(
                f"the profile says {said.value!r}, the file shows {shown}", pointer="/decimal_mark"
            )
        if self._doubtful and said is None and not self._shown:
            raise DecimalMarkAmbiguous(
                f"{self._doubtful!r} may be read two ways, and no amount of the file tells: "
                'say decimal_mark, "." or ","',
                pointer="/decimal_mark",
            )
        return said or next(iter(self._shown), None)


def _bare(text: str) -> tuple[str, bool]:
    """The digits with their signs, and whether the amount is negative."""
    bare = _NOISE.sub("", text.strip())
    if bare.startswith("(") and bare.endswith(")"):
        return bare[1:-1], True
    if bare.startswith(("-", "−")):
        return bare[1:], True
    if bare.endswith(("-", "−")):
        return bare[:-1], True
    return bare.removeprefix("+"), False
