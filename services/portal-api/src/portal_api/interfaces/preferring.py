"""Commands about how contacts want to be reached: said at the portal, confirmed or unsubscribed by a mailed link."""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Final, NamedTuple
from uuid import UUID

from portal_api.domain.contact import address_of
from portal_api.domain.preferences import (
    CHANGE_LIFE,
    CHANGES_PER_DAY_MAX,
    AddressChange,
    Addresses,
    ChangeUnknown,
    Preferences,
    PreferredChannel,
    TooManyChanges,
)
from portal_api.domain.request import Asker
from portal_api.domain.session import Session
from portal_api.gateways import preferences
from portal_api.gateways.answers import lock
from portal_api.gateways.secrets import draw_token, hash_of
from portal_api.handlers.tell_preferences import ask_confirmation, tell_preferences
from portal_api.interfaces.being_heard import BeingHeard
from portal_api.interfaces.signing_in import SignInUnavailable
from shared.base.errors import Refusal
from shared.base.ids import derived_id
from shared.base.telling import Telling
from shared.db.work import Work
from shared.messaging.seal import Seal, SealBroken
from shared.messaging.tell import tell

PATH: Final = "/address-change/"
UNSUBSCRIBE: Final = "unsubscribe"
"""What the seal of a link that unsubscribes is about; the notifier closes it with the same."""

_DAY: Final = timedelta(days=1)


class UnsubscribeUnknown(Refusal):
    """The link is none of ours."""

    code, status = "unsubscribe-unknown", 404


class Wished(NamedTuple):
    """All that a contact says; what is None is as the ERP has it."""

    email: str | None
    phone: str | None
    channel: PreferredChannel | None
    language: str | None
    reminders_by_email: bool


class Standing(NamedTuple):
    """What counts, and what waits for a word from the old address."""

    preferences: Preferences
    pending: AddressChange | None


@dataclass(frozen=True, slots=True)
class Preferring:
    """`seal` is None, or `public_url` empty, where the operator has not set them: then no address can be changed."""

    heard: BeingHeard
    seal: Seal | None
    public_url: str

    async def say(self, work: Work, session: Session, wished: Wished) -> Standing:
        """What is no address counts at once; a changed address once it is confirmed."""
        asker, telling = await self.heard.asker(work, session), Telling()
        await lock(work.connection, asker.customer_id)
        held = await preferences.of(work.connection, asker.customer_id, asker.contact_id)
        to = _addresses(wished, session)
        said = held.wish(
            to, wished.channel, wished.language, reminders_by_email=wished.reminders_by_email
        )
        if said is not held:
            await self._keep(work, telling, said)
        pending = await self._move(work, telling, said, asker, to)
        tell(work, telling.told)
        return Standing(said, pending)

    async def confirm(self, work: Work, token: str) -> None:
        """The link was opened at the old address, and its button pressed: once, within a day."""
        change = await preferences.find(work.connection, hash_of(token))
        if change is None:
            raise ChangeUnknown("this link is none of ours")
        change.check(moment=work.moment)
        telling = Telling()
        await lock(work.connection, change.customer_id)
        held = await preferences.of(work.connection, change.customer_id, change.contact_id)
        await preferences.end(work.connection, change, at=work.moment)
        await self._keep(work, telling, held.move(change.to))
        tell(work, telling.told)

    async def unsubscribe(self, work: Work, token: str) -> None:
        """No more reminders by e-mail for the contact whom the link names; as often as it is pressed."""
        customer_id, contact_id = self._named(token)
        telling = Telling()
        await lock(work.connection, customer_id)
        held = await preferences.of(work.connection, customer_id, contact_id)
        said = held.unsubscribe()
        if said is not held:
            await self._keep(work, telling, said)
        tell(work, telling.told)

    async def _keep(self, work: Work, telling: Telling, said: Preferences) -> None:
        await preferences.keep(work.connection, said, at=work.moment)
        sealed = Addresses(self._sealed(said.email, said), self._sealed(said.phone, said))
        tell_preferences(telling, said, sealed, moment=work.moment)

    async def _move(
        self, work: Work, telling: Telling, held: Preferences, asker: Asker, to: Addresses
    ) -> AddressChange | None:
        """The change that waits: the one there is, when it says the same."""
        connection, who = work.connection, (asker.customer_id, asker.contact_id)
        pending = await preferences.pending(connection, *who, now=work.moment)
        if to == held.addresses or (pending is not None and pending.to == to):
            return pending
        asked = await preferences.asked_since(connection, *who, since=work.moment - _DAY)
        if len(asked) >= CHANGES_PER_DAY_MAX:
            wait = asked[-CHANGES_PER_DAY_MAX] + _DAY - work.moment
            raise TooManyChanges(
                f"{CHANGES_PER_DAY_MAX} changes were asked for within a day",
                retry_after_s=ceil(wait.total_seconds()),
            )
        if self.seal is None or not self.public_url:
            raise SignInUnavailable("PORTAL_API_PUBLIC_URL and PORTAL_API_LINK_KEYS are not set")

        token = draw_token()
        change_id = derived_id("address-change", hash_of(token).hex())
        change = AddressChange(change_id, *who, to, work.moment + CHANGE_LIFE)
        await preferences.ask(connection, change, token_hash=hash_of(token), at=work.moment)
        link = f"{self.public_url.rstrip('/')}{PATH}{token}"
        sealed = self.seal.close(link, about=str(change_id))
        ask_confirmation(telling, change, asker, link_sealed=sealed)
        return change

    def _sealed(self, address: str | None, about: Preferences) -> str | None:
        if address is None:
            return None
        if self.seal is None:
            raise SignInUnavailable("PORTAL_API_LINK_KEYS is not set")
        return self.seal.close(address, about=str(about.preferences_id))

    def _named(self, token: str) -> tuple[UUID, str]:
        """Customer and contact, whom only we can have named."""
        if self.seal is None:
            raise UnsubscribeUnknown("this link is none of ours")
        try:
            customer_id, _, contact_id = self.seal.open(token, about=UNSUBSCRIBE).partition(" ")
            return UUID(customer_id), contact_id
        except (SealBroken, ValueError):
            raise UnsubscribeUnknown("this link is none of ours") from None


def _addresses(wished: Wished, session: Session) -> Addresses:
    """The ERP's own address is no other one."""
    same = wished.email is None or address_of(wished.email) == session.address
    return Addresses(None if same else wished.email, wished.phone)
