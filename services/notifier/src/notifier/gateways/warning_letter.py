"""What a mail to our people about a clock says: the values for its form, and which form that is."""

from notifier.domain.brief import WarningBrief
from notifier.domain.handover import reference_of
from notifier.domain.message import Message
from notifier.domain.verdict import Speak
from notifier.gateways import phrasing
from notifier.gateways.news_letter import lines_of
from notifier.gateways.phrasing import printable
from notifier.gateways.reader import Reader, Values
from notifier.gateways.stationery import Stationery


def warning_form(brief: WarningBrief) -> str:
    """The form that says it."""
    return "clock-escalated" if brief.escalates else "clock-warned"


def warning_values(
    stationery: Stationery, message: Message, brief: WarningBrief, speak: Speak, reader: Reader
) -> Values:
    """Which dispute of whom, what is owed by when, and who is to act. Times are the legal entity's."""

    zone = reader.entity.time_zone

    def said(section: str, name: str) -> str:
        return stationery.line(section, name, reader.language, {"zone": zone})

    lines = lines_of(stationery, speak.lines, brief.currency, reader)
    values = reader.frame(contact=speak.route.name) | {
        "items": lines,
        "more": len(speak.lines) - len(lines),
        "words": (),
        "clock": said("clocks", brief.clock),
        "kind": brief.clock,
        "per_cent": brief.per_cent,
        "reason": said("reasons", brief.reason),
        "ref": reference_of(message.subject_id or message.message_id),
        "team": printable(brief.team),
        "owner": printable(brief.owner),
    }
    disputed = sum(line.item.minor for line in speak.lines)
    figures = {"due": phrasing.instant(brief.due_at, zone, reader.locale)}
    if disputed:
        figures["disputed"] = phrasing.amount(disputed, brief.currency, reader.locale)
    facts = {
        "customer": f"{values['customer']} ({values['customer_number']})",
        "reason": values["reason"],
        "team": values["team"],
        "owner": values["owner"] or said("warning", "nobody"),
        "dispute": str(message.subject_id),
    }
    values["figures"] = [
        {"label": said("warning", name), "amount": text} for name, text in figures.items()
    ]
    values["facts"] = [
        {"label": said("warning", name), "value": text} for name, text in facts.items()
    ]
    return values
