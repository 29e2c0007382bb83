"""What a mail about a dispute says: the values for its form, and which form that is."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from notifier.domain.brief import DisputeBrief
from notifier.domain.handover import reference_of
from notifier.domain.message import Message
from notifier.domain.news import Line, News
from notifier.domain.verdict import Speak
from notifier.gateways import phrasing
from notifier.gateways.phrasing import printable
from notifier.gateways.reader import Reader, Values
from notifier.gateways.stationery import Stationery
from shared.base.clock import Moment
from shared.base.days import local_day

LINES_SHOWN_MAX = 40
WORDS_CHARACTERS_MAX = 4_000
WORDS_LINES_MAX = 80
"""Words of our people are shown to so many characters, in so many lines."""

FIGURES: Final[Mapping[News, tuple[str, ...]]] = {
    News.ACKNOWLEDGED: ("held", "rest"),
    News.ASKED: ("held",),
    News.WITH_CARRIER: ("held",),
    News.ANSWERED: ("held",),
    News.REOPENED: ("held", "rest"),
    News.UPHELD: ("off",),
    News.PARTLY_UPHELD: ("off", "again"),
    News.REJECTED: ("again",),
    News.SETTLED: ("taken", "rest"),
    News.WITHDRAWN: ("again",),
    News.CLOSED: (),
    News.MERGED: (),
}
"""Which sums a message shows, in their order; one that is nothing, or not certain, is left out."""


def form_of(brief: DisputeBrief) -> str:
    """The form that says it."""
    return f"dispute-{brief.news.value}"


def news_values(
    stationery: Stationery, message: Message, speak: Speak, reader: Reader, *, now: Moment
) -> Values:
    """The dispute as the customer reads it. Words of ours are values, never templates, and stay plain text."""
    brief = message.brief
    assert isinstance(brief, DisputeBrief), "only a dispute has news"
    lines = lines_of(stationery, speak.lines, brief.currency, reader)
    invoices = {line.item.invoice_id for line in speak.lines}
    sums = _sums(speak, brief, reader)
    values = reader.frame(contact=speak.route.name) | {
        "count": len(invoices),
        "first": lines[0],
        "named": lines[0]["named"] if len(speak.lines) == 1 else lines[0]["number"],
        "items": lines,
        "more": len(speak.lines) - len(lines),
        "reason": stationery.line("reasons", brief.reason, reader.language, {}),
        "ref": reference_of(message.subject_id or message.message_id),
        "facts": (),
        "words": words_of(brief.words),
        "is_open": brief.is_open,
        "answer_by": by_day(brief.answer_due_at, reader, now),
        "decide_by": by_day(brief.decision_due_at, reader, now),
        "reopen_by": _last_day(brief.reopen_until, reader),
        "pay": reader.payment([line.reference for line in speak.lines]) if sums["again"] else {},
        "help": reader.helper(),
        **sums,
    }
    values["about"] = stationery.line("dispute", "about", reader.language, values)
    values["figures"] = [
        {"label": stationery.line("dispute", name, reader.language, values), "amount": sums[name]}
        for name in FIGURES[brief.news]
        if sums[name]
    ]
    return values


def _sums(speak: Speak, brief: DisputeBrief, reader: Reader) -> dict[str, str]:
    """What is to be paid again is no more than the books ask for when the message leaves: it may be paid by now."""
    disputed = sum(item.minor for item in brief.items)
    upheld = sum(item.upheld_minor or 0 for item in brief.items)
    again = disputed - upheld
    minors = {
        "held": sum(item.held_minor for item in brief.items),
        "rest": speak.rest_minor,
        "off": upheld,
        "taken": upheld,
        "again": again if speak.rest_minor is None else min(again, speak.rest_minor),
    }
    return {
        name: phrasing.amount(minor, brief.currency, reader.locale) if minor else ""
        for name, minor in minors.items()
    }


def lines_of(
    stationery: Stationery, lines: Sequence[Line], currency: str, reader: Reader
) -> list[Values]:
    """What is disputed, as far as it is shown."""
    return [_line(stationery, line, currency, reader) for line in lines[:LINES_SHOWN_MAX]]


def _line(stationery: Stationery, line: Line, currency: str, reader: Reader) -> Values:
    item, number = line.item, printable(line.item.invoice_number, 60)
    known = {"number": item.instalment, "of": 0}
    part = (
        "" if item.instalment is None else stationery.line("items", "part", reader.language, known)
    )

    def amount(minor: int) -> str:
        return phrasing.amount(minor, currency, reader.locale)

    upheld = item.upheld_minor or 0
    in_parts = 0 < upheld < item.minor
    return {
        "number": number,
        "part": part,
        "named": f"{number} ({part})" if part else number,
        "due": phrasing.day(line.due_on, reader.locale) if line.due_on else "",
        "amount": amount(item.minor),
        "off": amount(upheld) if in_parts else "",
        "again": amount(item.minor - upheld) if in_parts else "",
    }


def by_day(due_at: Moment | None, reader: Reader, now: Moment) -> str:
    """The day until which we owe a word; "" when we owe none, or are late with it already."""
    if due_at is None or due_at <= now:
        return ""
    return phrasing.day(local_day(due_at, reader.entity.time_zone), reader.locale)


def _last_day(day: date | None, reader: Reader) -> str:
    """ "" for none, and for one that is over."""
    return "" if day is None or day < reader.today else phrasing.day(day, reader.locale)


def words_of(text: str) -> list[str]:
    """What somebody of ours wrote, line by line, without what nobody could see."""
    cut = text if len(text) <= WORDS_CHARACTERS_MAX else text[: WORDS_CHARACTERS_MAX - 1] + "…"
    lines = [printable(line, WORDS_CHARACTERS_MAX) for line in cut.strip().splitlines()]
    return lines if len(lines) <= WORDS_LINES_MAX else [*lines[: WORDS_LINES_MAX - 1], "…"]
