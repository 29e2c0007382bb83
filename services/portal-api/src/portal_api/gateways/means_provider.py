"""The payment provider, as far as it keeps means of payment for us: saved at its page, charged without the payer."""

from typing import NamedTuple, Protocol
from uuid import UUID

from portal_api.domain.mandate import Mandate, Means, Saved
from portal_api.domain.payment import Payment, Seen


class SavingPage(NamedTuple):
    """Where the payer leaves a means of payment; `provider_customer` is the provider's name for the customer."""

    provider_customer: str
    session_id: str
    url: str


class MeansProvider(Protocol):
    """Whoever keeps the means. All raise `ProviderUnavailable` and `ProviderRefused`."""

    async def open_saving(self, mandate: Mandate, kinds: tuple[str, ...]) -> SavingPage:
        """The same page however often it is asked for."""
        ...

    async def look_saved(self, session_id: str) -> Saved:
        """What was saved at a page."""
        ...

    async def look_means(self, method_id: str) -> Means:
        """What is printed of a means now."""
        ...

    async def release(self, method_id: str) -> None:
        """Nothing can be charged to it any more; again and again, if need be."""
        ...

    async def charge(self, payment: Payment, mandate: Mandate) -> Seen:
        """Money, now, without the payer; the same attempt however often it is asked for. A decline is an answer."""
        ...

    async def find_charge(self, payment_id: UUID, mandate: Mandate) -> Seen | None:
        """How an attempt stands that was perhaps made; None when it was not."""
        ...
