"""What a mail about a promise or a plan says: the values for its form."""

from dataclasses import replace
from datetime import date

from notifier.domain.agreement import DUE_AGAIN, FIGURES, SHOWS_PARTS, STANDS, AgreementBrief
from notifier.domain.handover import reference_of
from notifier.domain.message import Message
from notifier.domain.news import Line
from notifier.domain.verdict import Speak
from notifier.gateways import phrasing
from notifier.gateways.news_letter import by_day, lines_of, words_of
from notifier.gateways.reader import Reader, Values
from notifier.gateways.stationery import Stationery, section_of
from shared.base.clock import Moment


def agreement_values(
    stationery: Stationery,
    message: Message,
    brief: AgreementBrief,
    speak: Speak,
    reader: Reader,
    *,
    now: Moment,
) -> Values:
    """As the customer reads it. The text to accept, and our reason, are values, never templates."""
    lines = lines_of(stationery, _lines(brief, speak), brief.currency, reader)
    section, part = section_of(brief.news.value), brief.part
    sums = _sums(brief, speak, reader)
    values = reader.frame(contact=speak.route.name) | {
        "count": len({line.item.invoice_id for line in speak.lines}),
        "first": lines[0],
        "named": lines[0]["number"],
        "items": lines,
        "more": len(speak.lines) - len(lines),
        "ref": reference_of(message.subject_id or message.message_id),
        "words": words_of(brief.words),
        "answer_by": by_day(brief.answer_by, reader, now),
        "needs_approval": brief.needs_approval,
        "by_customer": brief.by_customer,
        "may_extend": not brief.is_extended,
        "due": _day(part.due_on if part else brief.due_on, reader),
        "until": _day(part.until if part else brief.until, reader),
        "number": part.number if part else 0,
        "parts": len(brief.parts),
        "pay": reader.payment([line.reference for line in speak.lines]),
        "help": reader.helper(),
        **sums,
    }
    values["about"] = stationery.line(section, "about", reader.language, values)
    values["figures"] = [
        {"label": stationery.line(section, name, reader.language, values), "amount": sums[name]}
        for name in FIGURES[brief.news]
        if sums[name]
    ]
    values["facts"] = _parts(stationery, brief, reader) if brief.news in SHOWS_PARTS else []
    return values


def _lines(brief: AgreementBrief, speak: Speak) -> tuple[Line, ...]:
    """What it is about; of a plan that stands without the days on which the invoices were due."""
    if brief.news not in STANDS:
        return speak.lines
    return tuple(replace(one, due_on=None) for one in speak.lines)


def _sums(brief: AgreementBrief, speak: Speak, reader: Reader) -> dict[str, str]:
    part, left, rest = brief.part, brief.left_minor, speak.rest_minor
    minors = {
        "amount": brief.minor,
        "paid": brief.paid_minor,
        "left": min(left, rest) if brief.news in DUE_AGAIN and rest is not None else left,
        "part": part.left_minor if part else 0,
        "rest": rest,
    }
    return {
        name: phrasing.amount(minor, brief.currency, reader.locale) if minor else ""
        for name, minor in minors.items()
    }


def _parts(stationery: Stationery, brief: AgreementBrief, reader: Reader) -> list[Values]:
    """Each part that is not paid, with its day."""
    return [
        {
            "label": stationery.line(
                "plan",
                "part_on",
                reader.language,
                {"number": one.number, "due": _day(one.due_on, reader)},
            ),
            "value": phrasing.amount(one.left_minor, brief.currency, reader.locale),
        }
        for one in brief.parts
        if one.left_minor
    ]


def _day(day: date | None, reader: Reader) -> str:
    return "" if day is None else phrasing.day(day, reader.locale)
