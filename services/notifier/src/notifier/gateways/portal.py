"""Links to the portal, as our messages carry them: locators, never credentials. One ends mails, and does no more."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from notifier.domain.brief import Brief
from notifier.domain.desk import REMINDERS
from notifier.domain.message import Message, Purpose
from notifier.domain.payment import OF_AUTOPAY, PaymentBrief
from notifier.domain.reply import ReplyBrief
from notifier.domain.verdict import Speak
from shared.base.errors import Refusal
from shared.messaging.seal import Seal

UNSUBSCRIBE: Final = "unsubscribe"
"""What the seal of such a link is about; the portal opens it with the same."""

SATISFACTION: Final = "satisfaction"

PAGES: Final[Mapping[Purpose, str]] = {
    Purpose.PLAN: "/plans/",
    Purpose.PROMISE: "/promises/",
    Purpose.DISPUTE: "/disputes/",
}
"""The portal API's own page of what a message is about; its id follows."""
PAID: Final = "/paid?payment_id="
AUTOPAY: Final = "/autopay"
"""Of all charges and the saved means: what is about one of them leads there, too."""


class PortalUnset(Refusal):
    """The operator has not said where customers reach the portal, and this message is nothing without it."""

    code = "portal-unset"


@dataclass(frozen=True, slots=True)
class Portal:
    """`url` is the portal API's public address, `home_url` an operator's own pages in front of it; "" where there are
    none. Those lead on by themselves; without them messages link to the portal API's own page of what they are about.
    """

    url: str = ""
    home_url: str = ""

    @property
    def home(self) -> str:
        """Where a customer looks and pays; "" while there is nowhere."""
        return (self.home_url or self.url).rstrip("/")

    def page(self, message: Message) -> str:
        """Where a customer reads on: at what the message is about, else where they look and pay."""
        if self.home_url or not self.url:
            return self.home
        brief, about = message.brief, message.subject_id
        path = PAGES.get(message.purpose) if about else None
        if isinstance(brief, PaymentBrief):
            if brief.news in OF_AUTOPAY:
                return f"{self.home}{AUTOPAY}"
            path, about = PAID, brief.payment_id
        return f"{self.home}{path}{about}" if path else f"{self.home}/"

    def link(self, brief: Brief | None) -> str:
        """To the question that a message asks; "" for messages that ask none. Raises `PortalUnset`."""
        if not isinstance(brief, ReplyBrief) or brief.form != SATISFACTION:
            return ""
        if not self.home:
            raise PortalUnset("PORTAL_API_PUBLIC_URL is not set")
        return f"{self.home}/feedback?case_id={brief.about}"

    def unsubscribe_url(self, message: Message, speak: Speak, seal: Seal | None) -> str:
        """Of a reminder to a contact that we know; "" where nobody could obey it."""
        contact_id = speak.route.contact_id
        if message.purpose not in REMINDERS or not (self.url and seal and contact_id):
            return ""
        sealed = seal.close(f"{message.customer_id} {contact_id}", about=UNSUBSCRIBE)
        return f"{self.url.rstrip('/')}/unsubscribe/{sealed}"


NO_PORTAL: Final = Portal()
