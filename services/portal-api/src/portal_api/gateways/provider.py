"""The payment provider, as far as we need one: a page to pay at, how a payment stands, and its signed notices."""

from typing import NamedTuple, Protocol

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

    `payment_id` is ours as the provider was given it; "" for what is not ours. `session_id` "" where it is not named.
    """

    event_id: str
    kind: str
    payment_id: str
    session_id: str


class Provider(Protocol):
    """Whoever takes the money."""

    async def open_page(self, payment: Payment) -> Page:
        """The same page however often it is asked for. Raises `ProviderUnavailable`, `ProviderRefused`."""
        ...

    async def look(self, session_id: str) -> Seen:
        """How it stands now. Raises the same."""
        ...

    def read_notice(self, body: bytes, signature: str) -> Notice | None:
        """None for what does not concern us. Raises `NoticeForged`, `NoticeTooOld`, `NoticeUnreadable`."""
        ...
