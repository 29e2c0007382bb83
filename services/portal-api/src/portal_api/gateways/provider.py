"""The payment provider, as far as we need one: a page to pay at, how a payment stands, and its signed notices."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from portal_api.domain.back import Gone
from portal_api.domain.payment import Payment, Seen
from shared.base.errors import Refusal

TOLERANCE_SECONDS = 300
"""So old, by the machine's clock, a signed notice may be."""


class ProviderUnavailable(Refusal):
    """The payment provider cannot be asked now: nothing is paid. Ask again with the same key."""

    code, status = "provider-unavailable", 503


class ProviderRefused(Refusal):
    """The payment provider does not take this payment."""

    code = "provider-refused"


class NoticeForged(Refusal):
    """The notice is not signed with our secret."""

    code, status = "notice-forged", 400


class NoticeTooOld(Refusal):
    """It was signed too long ago: somebody sends again what they overheard."""

    code, status = "notice-too-old", 400


class NoticeUnreadable(Refusal):
    """The notice is signed and makes no sense."""

    code, status = "notice-unreadable", 400


class Page(NamedTuple):
    """Where the payer pays."""

    session_id: str
    url: str


class Notice(NamedTuple):
    """Something happened at the provider. What, is asked again: only the names count here.

    `payment_id` and `mandate_id` are ours as the provider was given them; "" for what is not ours. The others are the
    provider's, of what the notice is about; "" where it is about something else. `of_back`: money that came may have
    gone back, or come again; such a notice may name no payment, but the provider's id of the money.
    """

    event_id: str
    kind: str
    payment_id: str
    session_id: str
    intent_id: str = ""
    mandate_id: str = ""
    method_id: str = ""
    of_back: bool = False

    def of(self, payment: Payment) -> str:
        """The provider's id by which that payment can be looked at; "" where the notice does not say it."""
        return self.intent_id if payment.charge_id else self.session_id


class Provider(Protocol):
    """Whoever takes the money."""

    async def open_page(self, payment: Payment) -> Page:
        """The same page however often it is asked for. Raises `ProviderUnavailable`, `ProviderRefused`."""
        ...

    async def look(self, session_id: str) -> Seen:
        """How it stands now. Raises the same."""
        ...

    async def look_back(self, reference: str) -> Sequence[Gone]:
        """What is away now of the money of that id. Raises the same."""
        ...

    def read_notice(self, body: bytes, signature: str) -> Notice | None:
        """None for what does not concern us. Raises `NoticeForged`, `NoticeTooOld`, `NoticeUnreadable`."""
        ...
