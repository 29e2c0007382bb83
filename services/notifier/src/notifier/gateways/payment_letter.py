"""What a mail about a payment by the provider says: the values for its form, and which form that is."""

from notifier.domain.handover import reference_of
from notifier.domain.payment import BACKS, OF_AUTOPAY, RETURNS, Paid, PaymentBrief, PaymentNews
from notifier.domain.verdict import Speak
from notifier.gateways import phrasing
from notifier.gateways.phrasing import printable
from notifier.gateways.reader import Reader, Values
from notifier.gateways.stationery import Stationery, section_of

LINES_SHOWN_MAX = 40


def payment_form(brief: PaymentBrief) -> str:
    """The form that says it."""
    if brief.news in OF_AUTOPAY:
        return brief.news.value
    if brief.news in BACKS:
        return f"payment-{brief.news}"
    confirmed = brief.news is PaymentNews.CONFIRMED
    return "payment-confirmed" if confirmed else "payment-declined"


def payment_values(
    stationery: Stationery, brief: PaymentBrief, speak: Speak, reader: Reader
) -> Values:
    """What was to be paid of which invoices, and what is next."""

    def amount(minor: int) -> str:
        return phrasing.amount(minor, brief.currency, reader.locale)

    def line(item: Paid) -> Values:
        left_out = amount(item.left_out_minor) if item.left_out_minor else ""
        plain = {"part": "", "due": "", "again": "", "amount": amount(item.minor)}
        return {"number": printable(item.invoice_number, 60), "off": left_out, **plain}

    lines = [line(one) for one in brief.items[:LINES_SHOWN_MAX]]
    total = amount(sum(one.minor for one in brief.items))
    left_out = sum(one.left_out_minor for one in brief.items)
    values = reader.frame(contact=speak.route.name) | {
        "count": len(brief.items),
        "first": lines[0] if lines else None,
        "items": lines,
        "more": len(brief.items) - len(lines),
        "ref": reference_of(brief.payment_id),
        "facts": (),
        "words": (),
        "total": total,
        "back": amount(brief.back_minor) if brief.back_minor else "",
        "left_out": amount(left_out) if left_out else "",
        "next_step": brief.news.value,
        "means": printable(brief.means, 60),
        "on": phrasing.day(brief.on, reader.locale) if brief.on else "",
        "reason": brief.reason,
        "help": reader.helper(),
    }
    if not lines:
        return values | {"figures": []}
    label, figure = _figure(brief)
    said = stationery.line(section_of(payment_form(brief)), label, reader.language, values)
    return values | {"figures": [{"label": said, "amount": amount(figure)}]}


def _figure(brief: PaymentBrief) -> tuple[str, int]:
    """What is put in figures: what was paid, or what was not; and what went back, or is still there."""
    minor = sum(one.minor for one in brief.items)
    if brief.news in RETURNS:
        return "back", brief.back_minor
    label = "sum" if brief.news in {PaymentNews.CONFIRMED, PaymentNews.RESTORED} else "wanted"
    return label, minor - brief.back_minor
