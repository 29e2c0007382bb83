"""The saved means of payment: what is agreed to, saving one at the provider's page, autopay, and taking it all back."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from portal_api.domain.autopay import Autopay
from portal_api.domain.contact import Role
from portal_api.domain.mandate import MandateUnknown, Means, State, TextChanged
from portal_api.gateways import mandates
from portal_api.gateways.provider import ProviderRefused, ProviderUnavailable
from portal_api.interfaces import autopaying
from portal_api.interfaces.autopaying import Limit, Standing
from portal_api.interfaces.http.customer_commands import CustomerCommand, command_of
from portal_api.interfaces.http.paying import URL_CHARACTERS_MAX, ReturnUrlForeign, must_lead_home
from portal_api.interfaces.http.sign_ins import host_of
from portal_api.interfaces.http.visitors import SIGNED_IN, Visitor, Visitors
from portal_api.interfaces.mandating import Agreeing, Mandating
from portal_api.interfaces.paying import PayingOff
from shared.base.money import AmountTooLarge, AmountTooPrecise, CurrencyUnknown, decimal_text
from shared.web.accepted import Amount
from shared.web.commands import CommandRoute, IdempotencyKey
from shared.web.idempotency import REPLAYED, IdempotencyKeyReused, request_hash
from shared.web.problems import problems


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TextShown(BaseModel):
    """What is agreed to by its `hash`: the SHA-256 of the text's UTF-8, in hex."""

    version: int
    language: str
    text: str
    hash: str


class MandateGiven(_Body):
    """`text_hash` is of the text that was read and agreed to; `return_url` is where the provider's page leads."""

    text_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", examples=["0f" * 32])]
    return_url: Annotated[
        str, Field(max_length=URL_CHARACTERS_MAX, examples=["https://portal.example/means"])
    ]


class SavingShown(BaseModel):
    """Send the customer to `url`. That they come back proves nothing: ask for the mandate."""

    mandate_id: UUID
    url: str


class AmountGiven(_Body):
    """An amount of that currency."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["EUR"])]
    amount: Amount


class AutopayGiven(_Body):
    """`limit`: what one charge may be at most; invoices of other currencies are not charged. null turns autopay off."""

    limit: AmountGiven | None


class LimitShown(BaseModel):
    currency: str
    amount: str


class AutopayShown(BaseModel):
    """`on` since `changed_at` or not; `changed_by` is a contact, or `autopay` where the mandate ended."""

    on: bool
    limit: LimitShown
    changed_by: str
    changed_at: datetime

    @classmethod
    def of(cls, said: Autopay) -> Self:
        """From what was said last."""
        limit = LimitShown(
            currency=said.currency, amount=decimal_text(said.limit_minor, said.currency)
        )
        return cls(
            on=said.is_on, limit=limit, changed_by=said.changed_by, changed_at=said.changed_at
        )


class MeansShown(BaseModel):
    """What is printed of it; we know no more. `expires` is `YYYY-MM`, "" where it does not."""

    kind: Annotated[str, Field(examples=["card"])]
    brand: Annotated[str, Field(examples=["visa"])]
    last4: Annotated[str, Field(examples=["4242"])]
    expires: Annotated[str, Field(examples=["2034-12"])]

    @classmethod
    def of(cls, means: Means) -> Self:
        """From a means."""
        return cls(**means._asdict())


class AgreedShown(BaseModel):
    """Which text was agreed to, by which contact, when, from which network address."""

    text_version: int
    language: str
    text_hash: str
    by: str
    at: datetime
    network: str


class MandateShown(BaseModel):
    """`means` from when it is saved; `url` while its page may be open. Nothing is charged unless it is `active`."""

    mandate_id: UUID
    version: int
    state: State
    means: MeansShown | None
    agreed: AgreedShown
    url: str | None
    saved_at: datetime | None
    ended_at: datetime | None
    ended_why: str | None
    autopay: AutopayShown | None

    @classmethod
    def of(cls, standing: Standing) -> Self:
        """From what stands."""
        mandate, said = standing.mandate, standing.autopay
        names = (*("mandate_id", "version", "state", "url", "saved_at", "ended_at", "ended_why"),)
        return cls(
            **{name: getattr(mandate, name) for name in names},
            means=mandate.means and MeansShown.of(mandate.means),
            agreed=AgreedShown(**mandate.agreed._asdict()),
            autopay=None if said is None else AutopayShown.of(said),
        )


SAVING = (
    *(TextChanged, ReturnUrlForeign, IdempotencyKeyReused),
    *(ProviderUnavailable, ProviderRefused, PayingOff),
)


def mandates_router(visitors: Visitors, mandating: Mandating, origins: frozenset[str]) -> APIRouter:
    """`/v1/mandates` and `/v1/mandate`, of which a customer has one. `origins`: of pages that one may return to."""
    router = APIRouter(tags=["autopay"], responses=SIGNED_IN, route_class=CommandRoute)
    _add_saving(router, visitors, mandating, origins)
    _add_moves(router, visitors)
    viewer = visitors.allowed(Role.VIEW)

    @router.get("/v1/mandate-text")
    async def show_text(
        visitor: Annotated[Visitor, viewer], language: Literal["en", "de"] = "en"
    ) -> TextShown:
        """What is agreed to by saving a means of payment."""
        return TextShown(**mandating.rails.text(language)._asdict())

    @router.get("/v1/mandate", responses=problems(MandateUnknown))
    async def show_mandate(visitor: Annotated[Visitor, viewer]) -> MandateShown:
        """The one that is active, else the last that was asked for; and how far autopay may go."""
        mine = visitor.session.customer_id
        async with visitor.look() as connection:
            found = await mandates.newest(connection, mine)
            said = await mandates.autopay_of(connection, mine)
        if found is None:
            raise MandateUnknown("you have saved no means of payment")
        return MandateShown.of(Standing(found, said))

    return router


def _add_saving(
    router: APIRouter, visitors: Visitors, mandating: Mandating, origins: frozenset[str]
) -> None:
    @router.post("/v1/mandates", status_code=201, responses=problems(*SAVING))
    async def save(
        given: MandateGiven,
        request: Request,
        response: Response,
        visitor: Annotated[Visitor, visitors.allowed(Role.PAY)],
        idempotency_key: IdempotencyKey = None,
    ) -> SavingShown:
        """A page of the provider's. Under the same key it is the same mandate, at the same page. What is saved there
        takes the place of what was saved before.
        """
        must_lead_home(given.return_url, origins)
        asking = Agreeing(
            session=visitor.session,
            key=idempotency_key or "",
            request_hash=await request_hash(request),
            text_hash=given.text_hash,
            return_url=given.return_url,
            network=host_of(request),
        )
        mandate, again = await mandating.ask(asking)
        if again:
            response.headers[REPLAYED] = "true"
        return SavingShown(mandate_id=mandate.mandate_id, url=mandate.url or given.return_url)


def _add_moves(router: APIRouter, visitors: Visitors) -> None:
    @router.post("/v1/mandate/withdrawals", status_code=201, responses=problems(MandateUnknown))
    async def withdraw(
        command: Annotated[CustomerCommand, command_of(visitors, Role.PAY)],
    ) -> MandateShown:
        """At once: autopay is off, and what was announced is not charged. The provider is told to let go of it."""
        mine = command.visitor.session.customer_id
        return MandateShown.of(await autopaying.withdraw(command.work, mine))

    @router.put(
        "/v1/autopay",
        responses=problems(MandateUnknown, CurrencyUnknown, AmountTooPrecise, AmountTooLarge),
    )
    async def say_autopay(
        given: AutopayGiven,
        command: Annotated[CustomerCommand, command_of(visitors, Role.PAY)],
    ) -> MandateShown:
        """Invoices that fall due are charged from now on, each charge announced before; or none any more."""
        work, session = command.work, command.visitor.session
        if given.limit is None:
            return MandateShown.of(await autopaying.turned_off(work, session))
        limit = Limit(given.limit.currency, given.limit.amount)
        return MandateShown.of(await autopaying.turn_on(work, session, limit))
