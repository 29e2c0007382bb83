"""From a verdict to words: the values that the forms are filled with, and the finished mail or text message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote
from uuid import UUID

from notifier.domain.agreement import AgreementBrief
from notifier.domain.brief import (
    AnswerBrief,
    Brief,
    DisputeBrief,
    EscalationBrief,
    ListedItem,
    WarningBrief,
)
from notifier.domain.contact import Channel
from notifier.domain.customer import Customer
from notifier.domain.handover import Parcel, reference_of
from notifier.domain.invoice import Discount
from notifier.domain.message import Message, Purpose, Told
from notifier.domain.payment import PaymentBrief
from notifier.domain.reply import ReplyBrief
from notifier.domain.sign_in import SignInBrief
from notifier.domain.silence import Asked
from notifier.domain.verdict import Speak
from notifier.gateways import phrasing
from notifier.gateways.agreement_letter import agreement_values
from notifier.gateways.mime import Mail, Mailbox, mail_bytes
from notifier.gateways.news_letter import form_of, news_values
from notifier.gateways.payment_letter import payment_form, payment_values
from notifier.gateways.phrasing import printable
from notifier.gateways.portal import NO_PORTAL, Portal
from notifier.gateways.reader import Reader, Values
from notifier.gateways.sealed_link import masked, opened_link
from notifier.gateways.stationery import Stationery, fill, pieces_of
from notifier.gateways.warning_letter import warning_form, warning_values
from shared.base.clock import Moment
from shared.base.days import local_day
from shared.contracts.company import Company, LegalEntity
from shared.messaging.seal import Seal

ITEMS_SHOWN_MAX = 40
TEXT_CHARACTERS_MAX = 459
"""Three parts of a concatenated text message, in the alphabet of GSM 03.38. What is too long is cut where it speaks of
invoices: how to pay, whom to ask and how to stop stay whole."""
SUBJECT_CHARACTERS_MAX = 200

_FIRMEST = "urgent"
_OF_OURS = frozenset({Purpose.ESCALATION, Purpose.WARNING})


@dataclass(frozen=True, slots=True)
class Worded:
    """Words that are ready to be carried, and what is kept of them."""

    told: Told
    parcel: Parcel


class Writer:
    """Words messages on the company's stationery."""

    def __init__(
        self,
        stationery: Stationery,
        company: Company,
        seal: Seal | None = None,
        portal: Portal = NO_PORTAL,
    ) -> None:
        self._stationery = stationery
        self._company = company
        self.seal = seal
        self._portal = portal

    def word(self, message: Message, speak: Speak, customer: Customer, *, now: Moment) -> Worded:
        """The message in the reader's language. Refuses words that cannot travel safely."""
        entity = self._company.legal_entity(message.legal_entity)
        assert entity is not None, f"legal entity {message.legal_entity} is not in the company file"
        language = _language(message, speak, customer)
        reader = Reader(customer, entity, language, local_day(now, entity.time_zone))
        match message.brief:
            case AgreementBrief() as brief:
                values = agreement_values(self._stationery, message, brief, speak, reader, now=now)
            case DisputeBrief():
                values = news_values(self._stationery, message, speak, reader, now=now)
            case WarningBrief() as brief:
                values = warning_values(self._stationery, message, brief, speak, reader)
            case PaymentBrief() as brief:
                values = payment_values(self._stationery, brief, speak, reader)
            case _:
                values = self._values(message, speak, reader)

        values["portal"] = self._portal.page(message)
        if speak.route.channel is Channel.SMS:
            return self._text(message, speak, reader, values)
        return self._mail(message, speak, reader, values, now=now)

    def _mail(
        self, message: Message, speak: Speak, reader: Reader, values: Values, *, now: Moment
    ) -> Worded:
        entity, kind = reader.entity, _kind(message, speak)
        form = self._stationery.form(kind, reader.language, entity.brand)
        values["subject"] = printable(fill(form.subject, values), SUBJECT_CHARACTERS_MAX)
        text = fill(form.text, values)
        content = mail_bytes(
            Mail(
                message_id=message.message_id,
                sender=Mailbox(entity.sender.name, entity.sender.email),
                to=Mailbox(printable(speak.route.name), speak.route.address),
                reply_to=entity.sender.reply_to,
                subject=values["subject"],
                text=text,
                html=pieces_of(form.html, values),
                language=reader.language,
                sent_at=now,
                unsubscribe_url=self._portal.unsubscribe_url(message, speak, self.seal),
            )
        )
        kept = masked(text, values.get("link", ""))
        return _worded(message, speak, values["subject"], kept, content, sender=entity.sender.email)

    def _text(self, message: Message, speak: Speak, reader: Reader, values: Values) -> Worded:
        brief, language = message.brief, reader.language
        if isinstance(brief, AnswerBrief):
            first = self._stationery.line("answers", brief.kind, language, values)
            names = ["mark"]
        else:
            first = self._stationery.line("sms", _kind(message, speak), language, values)
            names = ["pay", "help", "stop", "mark"]
        ending = [self._stationery.line("sms", name, language, values) for name in names]
        room = TEXT_CHARACTERS_MAX - sum(len(part) + 1 for part in ending)
        body = " ".join([printable(first, room), *ending])
        return _worded(message, speak, "", body, body.encode(), sender=reader.entity.sender.sms)

    def _values(self, message: Message, speak: Speak, reader: Reader) -> Values:
        entity, locale = reader.entity, reader.locale
        asked = sorted(
            speak.asked, key=lambda one: (one.due_on, one.invoice.invoice_number, one.part.number)
        )
        shown = self._items(asked[:ITEMS_SHOWN_MAX], reader)
        totals = _totals(asked)
        late = sum(one.due_on < reader.today for one in asked)
        brief, noun = message.brief, _noun(asked)
        wanted = [one.invoice.payment_reference or one.invoice.invoice_number for one in asked]
        return reader.frame(contact=speak.route.name) | {
            "count": len(asked),
            "late": late,
            "early": len(asked) - late,
            "thing": self._stationery.line("nouns", noun, reader.language, {}),
            "things": self._stationery.line("nouns", f"{noun}s", reader.language, {}),
            "items": shown,
            "first": shown[0] if shown else None,
            "more": len(asked) - len(shown),
            "oldest": max([0, *((reader.today - one.due_on).days for one in asked)]),
            "totals": [phrasing.amount(minor, code, locale) for code, minor in totals],
            "total": " + ".join(
                phrasing.amount_in_code(minor, code, locale) for code, minor in totals
            ),
            "pay": reader.payment(wanted),
            "help": reader.helper(is_urgent=_kind(message, speak) == _FIRMEST),
            "reply": _reply(entity, asked),
            "mark": reference_of(message.message_id),
            "link": self._portal.link(brief) or opened_link(brief, self.seal),
            "until": _until(brief, reader),
            "level": brief.level if isinstance(brief, EscalationBrief) else "",
            "why": printable(brief.why, 300) if isinstance(brief, EscalationBrief) else "",
        }

    def _items(self, asked: Sequence[Asked], reader: Reader) -> list[Values]:
        """A line each; the discount of an invoice stands at its first."""
        said: set[UUID] = set()
        lines = []
        for one in asked:
            first = one.invoice.invoice_id not in said
            said.add(one.invoice.invoice_id)
            offer = one.invoice.offer(reader.today) if first else None
            lines.append(self._item(one, reader) | self._offer(one, offer, reader))
        return lines

    def _offer(self, one: Asked, offer: Discount | None, reader: Reader) -> Values:
        """What paying early would cost, as mails and as text messages write amounts; "" when there is no discount."""
        if offer is None:
            return {"offer": "", "offer_in_code": ""}
        known = {
            "until": phrasing.day(offer.until, reader.locale),
            "whole": len(one.invoice.instalments) > 1,
        }
        amounts = {
            "offer": phrasing.amount(offer.pays_minor, one.invoice.currency, reader.locale),
            "offer_in_code": phrasing.amount_in_code(
                offer.pays_minor, one.invoice.currency, reader.locale
            ),
        }
        return {
            name: self._stationery.line("items", "offer", reader.language, known | {"pays": pays})
            for name, pays in amounts.items()
        }

    def _part(self, one: Asked, reader: Reader) -> str:
        """Which instalment it is, of an invoice that has several; how many, where their numbers count them."""
        numbers = [part.number for part in one.invoice.instalments]
        if len(numbers) == 1:
            return ""
        of = len(numbers) if max(numbers) == len(numbers) else 0
        known = {"number": one.part.number, "of": of}
        return self._stationery.line("items", "part", reader.language, known)

    def _item(self, one: Asked, reader: Reader) -> Values:
        invoice, late = one.invoice, (reader.today - one.due_on).days
        source = self._company.source(invoice.source)
        hosts = source.document_hosts if source else ()
        number = printable(invoice.invoice_number, 60)
        part = self._part(one, reader)
        return {
            "number": number,
            "part": part,
            "named": f"{number} ({part})" if part else number,
            "due": phrasing.day(one.due_on, reader.locale),
            "days": abs(late),
            "overdue": late > 0,
            "open": phrasing.amount(one.minor, invoice.currency, reader.locale),
            "url": phrasing.safe_link(invoice.document_url, hosts),
        }


def _worded(
    message: Message, speak: Speak, subject: str, text: str, content: bytes, *, sender: str
) -> Worded:
    listed = tuple(
        ListedItem(
            one.invoice.invoice_id,
            one.invoice.invoice_number,
            one.step.number,
            one.invoice.currency,
            one.minor,
            one.due_on,
            one.instalment,
        )
        for one in speak.asked
    )
    told = Told(speak.step.number if speak.step else None, listed, subject, text)
    return Worded(told, Parcel(message.message_id, speak.route, content, sender))


def _language(message: Message, speak: Speak, customer: Customer) -> str:
    """The contact's, else the customer's; people of ours read English."""
    if message.purpose in _OF_OURS:
        return phrasing.language_of(None)
    return phrasing.language_of(speak.route.language, customer.language)


def _kind(message: Message, speak: Speak) -> str:
    kind = speak.step.tone if speak.step else "answer"
    match message.brief:
        case EscalationBrief() | SignInBrief():
            kind = message.purpose.value
        case AgreementBrief() as brief:
            kind = brief.news.value
        case DisputeBrief() as brief:
            kind = form_of(brief)
        case WarningBrief() as brief:
            kind = warning_form(brief)
        case ReplyBrief() as brief:
            kind = brief.form
        case PaymentBrief() as brief:
            kind = payment_form(brief)
    return kind


def _until(brief: Brief | None, reader: Reader) -> str:
    """The last day of a silence, at the legal entity; it ends with that day."""
    if not isinstance(brief, ReplyBrief) or brief.until is None:
        return ""
    last = brief.until - timedelta(microseconds=1)
    return phrasing.day(local_day(last, reader.entity.time_zone), reader.locale)


def _noun(asked: Sequence[Asked]) -> str:
    """What the message lists: invoices, instalments, or some of both."""
    in_parts = {len(one.invoice.instalments) > 1 for one in asked}
    if len(in_parts) > 1:
        return "payment"
    return "instalment" if True in in_parts else "invoice"


def _totals(asked: Sequence[Asked]) -> list[tuple[str, int]]:
    """One per currency, never netted across."""
    sums: dict[str, int] = {}
    for one in asked:
        sums[one.invoice.currency] = sums.get(one.invoice.currency, 0) + one.minor
    return sorted(sums.items())


def _reply(entity: LegalEntity, asked: Sequence[Asked]) -> dict[str, str]:
    """The variable parts of the links by which one click writes to us."""
    about = phrasing.references([one.invoice.invoice_number for one in asked])
    return {"to": quote(entity.sender.reply_to, safe="@+.-_"), "about": quote(about)}
