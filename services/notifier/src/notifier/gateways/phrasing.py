"""Plain values in the reader's language: amounts, days, names and references, ready to be printed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from urllib.parse import urlsplit

import phonenumbers
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, get_decimal_symbol

from notifier.gateways.stationery import LANGUAGES
from shared.base.clock import Moment
from shared.base.days import local_day, local_time
from shared.base.money import exponent

NAME_CHARACTERS_MAX = 80
REFERENCE_CHARACTERS_MAX = 140
"""What a SEPA transfer has room for."""

_LOCALES = {
    "en": ("en_GB", {"US": "en_US", "CA": "en_CA", "AU": "en_AU"}),
    "de": ("de_DE", {"AT": "de_AT", "CH": "de_CH"}),
}
_UNPRINTABLE = re.compile(
    r"[\x00-\x20\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\U000e0000-\U000e007f]+"
)
_SAMPLE = re.compile(r"(\D*)1(\D)234\2(?:567)(?:\D0+)?(\D*)")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}")
_GROUPS_OF_FOUR = re.compile(r"(.{4})(?=.)")
PHONE_SIGNS = re.compile(r"[^\d+]")


def language_of(*wanted: str | None) -> str:
    """The first of these that is given, when we speak it (`de-AT` is German); else English."""
    for tag in wanted:
        if tag:
            spoken = tag.replace("_", "-").partition("-")[0].casefold()
            return spoken if spoken in LANGUAGES else LANGUAGES[0]
    return LANGUAGES[0]


@lru_cache(maxsize=64)
def locale_of(language: str, country: str) -> Locale:
    """How numbers and days are written: by language, and by country where that language differs."""
    usual, elsewhere = _LOCALES[language]
    return Locale.parse(elsewhere.get(country, usual))


def amount(minor: int, currency: str, locale: Locale) -> str:
    """`1234.50 EUR` → `€1,234.50` or `1.234,50 €`."""
    return _figure(minor, currency, _frame(currency, locale))


def amount_in_code(minor: int, currency: str, locale: Locale) -> str:
    """The same with the currency's code and plain spaces, for text messages (signs like € halve their length)."""
    return printable(_figure(minor, currency, _frame(currency, locale, "¤¤ #,##0.00")))


@dataclass(frozen=True, slots=True)
class _Frame:
    """What stands around and between the digits of an amount."""

    before: str
    group: str
    point: str
    after: str


@lru_cache(maxsize=512)
def _frame(currency: str, locale: Locale, pattern: str | None = None) -> _Frame:
    """Babel's way of writing amounts, learned from one of them: asking for each costs fifty times as much."""
    written = _SAMPLE.fullmatch(format_currency(1_234_567, currency, pattern, locale=locale))
    assert written, f"amounts of {currency} are written otherwise in {locale}"
    return _Frame(written[1], written[2], get_decimal_symbol(locale), written[3])


def _figure(minor: int, currency: str, frame: _Frame) -> str:
    """Exact to the last digit that the currency has by ISO 4217."""
    digits = exponent(currency)
    whole, part = divmod(minor, 10**digits)
    grouped = f"{whole:,}".replace(",", frame.group)
    fraction = f"{frame.point}{part:0{digits}}" if digits else ""
    return f"{frame.before}{grouped}{fraction}{frame.after}"


@lru_cache(maxsize=4_096)
def day(on: date, locale: Locale) -> str:
    """`11 Apr 2026`, `11.04.2026`, `Apr 11, 2026`."""
    return str(format_date(on, "medium", locale=locale))


def instant(at: Moment, zone: str, locale: Locale) -> str:
    """`11 Apr 2026, 16:00`, as clocks show it there."""
    return f"{day(local_day(at, zone), locale)}, {local_time(at, zone):%H:%M}"


def printable(text: str, characters_max: int = NAME_CHARACTERS_MAX) -> str:
    """One line without control or direction marks, cut with an ellipsis."""
    line = _UNPRINTABLE.sub(" ", text).strip()
    return line if len(line) <= characters_max else line[: characters_max - 1].rstrip() + "…"


def references(wanted: Sequence[str]) -> str:
    """What to write on the transfer, as many as fit."""
    fitting: list[str] = []
    for reference in dict.fromkeys(printable(one) for one in wanted):
        if len(", ".join([*fitting, reference])) > REFERENCE_CHARACTERS_MAX:
            break
        fitting.append(reference)
    return ", ".join(fitting)


def is_iban(account: str) -> bool:
    return bool(_IBAN.fullmatch(account.replace(" ", "")))


def account_in_groups(account: str) -> str:
    """An IBAN in groups of four; any other account number as it is."""
    return _GROUPS_OF_FOUR.sub(r"\1 ", account.replace(" ", "")) if is_iban(account) else account


@lru_cache(maxsize=1_024)
def phone(text: str | None) -> str:
    """A number as people write it: `+49 40 555011`; what is none stays as it is."""
    if not text:
        return ""
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return text
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def initials(name: str) -> str:
    words = [word for word in name.split() if word[0].isalpha()]
    return "".join(word[0].upper() for word in (words[:1] + words[1:][-1:])) or "?"


def safe_link(url: str | None, hosts: Sequence[str]) -> str:
    """The link when it is https and leads to a host that the company named, else nothing."""
    if not url:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return (
        url
        if parts.scheme == "https" and parts.hostname in hosts and "@" not in parts.netloc
        else ""
    )
