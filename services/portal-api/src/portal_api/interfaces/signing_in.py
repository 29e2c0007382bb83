"""What all doors of sign-in share: asking for a link, and opening a session with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil
from urllib.parse import urlencode
from uuid import UUID

from portal_api.domain.contact import address_of
from portal_api.domain.network import network_of
from portal_api.domain.session import Session, SessionRules
from portal_api.domain.sign_in import Proof, SignIn, SignInRules, SignInUnknown
from portal_api.gateways import contacts, secrets, sessions, sign_ins
from portal_api.gateways.contacts import Acting
from portal_api.gateways.secrets import Drawn, hash_of, hash_of_asker, hash_of_code
from portal_api.handlers.ask_sign_in import ask_sign_in
from shared.base.clock import Clock, Moment
from shared.base.errors import Refusal
from shared.base.ids import derived_id
from shared.base.telling import Telling
from shared.db.work import Database, Work
from shared.messaging.seal import Seal
from shared.messaging.tell import tell

SECOND = timedelta(seconds=1)
HOME = "/"


class TooManySignIns(Refusal):
    """Links were asked for too often, for this address or from this network: try again later."""

    code, status = "too-many-sign-ins", 429


class SignInUnavailable(Refusal):
    """Nobody can sign in yet: the operator has not said where links point and what seals them."""

    code, status = "sign-in-unavailable", 503


class ContactGone(Refusal):
    """Nobody of that address may act for a customer any more."""

    code, status = "contact-gone", 403


class CustomerNotYours(Refusal):
    """This address acts for other customers."""

    code, status = "customer-not-yours", 403


@dataclass(frozen=True, slots=True)
class Asked:
    """What the asking browser is given. The token is not in it."""

    sign_in: SignIn
    code: str = field(repr=False)
    browser: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody brings to open a session."""

    token: str = field(repr=False)
    browser: str | None = field(repr=False)
    code: str | None = field(repr=False)
    customer_id: UUID | None


@dataclass(frozen=True, slots=True)
class Opened:
    """A session; its token is said this once."""

    session: Session
    acting: Acting
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Choice:
    """The address acts for several customers: nothing is used up until one is named."""

    acting: Sequence[Acting]


@dataclass(frozen=True, slots=True)
class SigningIn:
    """`seal` is None, or `public_url` empty, where the operator has not set them. `legal_entity` writes to customers
    who owe nobody yet.
    """

    database: Database
    clock: Clock
    rules: SignInRules
    session_rules: SessionRules
    seal: Seal | None
    public_url: str
    legal_entity: str = ""

    async def ask(self, typed: str, *, host: str, to: str = HOME) -> Asked:
        """In a transaction of its own; see `ask_in`."""
        async with self.database.work(self.clock.now()) as work:
            return await self.ask_in(work, typed, host=host, to=to)

    async def ask_in(self, work: Work, typed: str, *, host: str, to: str = HOME) -> Asked:
        """The same for every address, known or not: the same limits, rows and answer; only the mail is not sent. `to`
        is the page of ours that the link leads to once it has signed in.
        """
        if self.seal is None or not self.public_url:
            raise SignInUnavailable("PORTAL_API_PUBLIC_URL and PORTAL_API_LINK_KEYS are not set")
        address, drawn = address_of(typed), secrets.draw()
        await self._count(work, address, host)
        acting = await contacts.acting(work.connection, address)
        sign_in = self._new(drawn, address if acting else None, moment=work.moment)
        await sign_ins.keep(
            work.connection, sign_in, token_hash=hash_of(drawn.token), at=work.moment
        )
        link = f"{self.public_url.rstrip('/')}/sign-in/{drawn.token}"
        if to != HOME:
            link = f"{link}?{urlencode({'to': to})}"
        link_sealed = self.seal.close(link, about=str(sign_in.sign_in_id))
        self._announce(work, sign_in, link_sealed, acting)
        return Asked(sign_in, drawn.code, drawn.browser)

    async def open(self, given: Given) -> Opened | Choice:
        """Use the link up, once; a wrong code is counted though it is refused."""
        async with self.database.work(self.clock.now()) as work:
            outcome = await self.open_in(work, given)
        if isinstance(outcome, Refusal):
            raise outcome
        return outcome

    async def _count(self, work: Work, address: str, host: str) -> None:
        limits = {
            hash_of_asker("address", address): self.rules.asks_of_address_max,
            hash_of_asker("network", network_of(host)): self.rules.asks_of_network_max,
        }
        since = work.moment - self.rules.window
        full = await sign_ins.full_until(work.connection, limits, since=since)
        if full is not None:
            wait = full + self.rules.window - work.moment
            raise TooManySignIns(
                "links were asked for too often", retry_after_s=max(1, ceil(wait / SECOND))
            )
        await sign_ins.note_ask(work.connection, sorted(limits), at=work.moment)

    def _new(self, drawn: Drawn, address: str | None, *, moment: Moment) -> SignIn:
        sign_in_id = derived_id("sign-in", hash_of(drawn.token).hex())
        return SignIn(
            sign_in_id=sign_in_id,
            address=address,
            code_hash=hash_of_code(drawn.code, sign_in_id),
            browser_hash=hash_of(drawn.browser),
            expires_at=moment + self.rules.link_life,
        )

    def _announce(
        self, work: Work, sign_in: SignIn, link_sealed: str, acting: Sequence[Acting]
    ) -> None:
        telling = Telling()
        for one in acting[:1]:
            ask_sign_in(
                telling,
                sign_in,
                customer_id=one.customer_id,
                contact_id=one.contact_id,
                legal_entity=one.legal_entity or self.legal_entity,
                language=one.language,
                link_sealed=link_sealed,
            )
        tell(work, telling.told)

    async def open_in(self, work: Work, given: Given) -> Opened | Choice | Refusal:
        """A refusal is returned, not raised: what it counted is to be kept."""
        sign_in = await sign_ins.find(work.connection, hash_of(given.token))
        if sign_in is None:
            return SignInUnknown("this link is none of ours")
        proof = Proof(
            browser_hash=hash_of(given.browser) if given.browser else None,
            code_hash=hash_of_code(given.code, sign_in.sign_in_id) if given.code else None,
        )
        refused = sign_in.refusal(proof, self.rules, moment=work.moment)
        if refused is not None:
            await sign_ins.note(work.connection, sign_in)
            return refused

        acting = await contacts.acting(work.connection, sign_in.address or "")
        if given.customer_id is None and len(acting) > 1:
            return Choice(acting)
        chosen = _chosen(acting, given.customer_id)
        sign_in.used_at = work.moment
        await sign_ins.note(work.connection, sign_in)
        return await self._opened(work, sign_in, chosen)

    async def _opened(self, work: Work, sign_in: SignIn, chosen: Acting) -> Opened:
        token = secrets.draw_token()
        session = Session(
            session_id=derived_id("session", sign_in.sign_in_id),
            address=sign_in.address or "",
            customer_id=chosen.customer_id,
            contact_id=chosen.contact_id,
            seen_at=work.moment,
            ends_at=work.moment + self.session_rules.longest,
            ended_at=None,
            roles=frozenset(chosen.roles),
        )
        await sessions.open_(work.connection, session, token_hash=hash_of(token), at=work.moment)
        return Opened(session, chosen, token)


def _chosen(acting: Sequence[Acting], wanted: UUID | None) -> Acting:
    """The one that was named, or the only one there is."""
    if not acting:
        raise ContactGone("nobody of that address may act for a customer any more")
    for one in acting:
        if wanted in {None, one.customer_id}:
            return one
    raise CustomerNotYours("this address acts for other customers", pointer="/customer_id")
