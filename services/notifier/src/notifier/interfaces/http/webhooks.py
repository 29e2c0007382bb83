"""Text messages from customers, as the provider hands them to us: signed, possibly twice, in any order."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from notifier.domain.customer import Customer
from notifier.domain.desk import Desk
from notifier.domain.inbound import Wish, wish_of
from notifier.gateways import messages, texts
from notifier.gateways.signature import is_genuine
from notifier.gateways.texts import InboundText
from notifier.handlers.hear_text import answer_kind, hear_text
from shared.base.clock import Clock
from shared.base.errors import Refusal
from shared.contracts.company import Company
from shared.db.work import Database, Work
from shared.web.problems import problems

BODY_CHARACTERS_MAX = 1_600
PATH = "/webhooks/twilio"
NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


class Twiml(Response):
    media_type = "application/xml"


class SignatureWrong(Refusal):
    """The call does not bear the provider's signature."""

    code, status = "signature-wrong", 403


class FormIncomplete(Refusal):
    """The call is not a text message."""

    code, status = "field-missing", 422


@dataclass(frozen=True, slots=True)
class Webhook:
    """What the door needs; `public_url` is empty when the request's own address is what the provider called."""

    database: Database
    clock: Clock
    company: Company
    auth_token: str
    public_url: str

    def router(self) -> APIRouter:
        router = APIRouter(tags=["webhooks"])

        @router.post(
            PATH,
            response_class=Twiml,
            responses=problems(SignatureWrong, FormIncomplete),
            openapi_extra={"requestBody": {"content": {"application/x-www-form-urlencoded": {}}}},
        )
        async def receive_text(request: Request) -> Response:
            """A text message that came in. Answered with an empty TwiML document; our answer travels as a message."""
            form = {name: str(value) for name, value in (await request.form()).items()}
            self._check(request, form)
            async with self.database.work(self.clock.now()) as work:
                await self._take(work, texts.from_form(form))
            return Twiml(NOTHING_TO_SAY)

        return router

    def _check(self, request: Request, form: dict[str, str]) -> None:
        url = str(request.url)
        if self.public_url:
            url = self.public_url.rstrip("/") + url[len(str(request.base_url).rstrip("/")) :]
        given = request.headers.get("X-Twilio-Signature", "")
        if not is_genuine(given, auth_token=self.auth_token, url=url, form=form):
            raise SignatureWrong("X-Twilio-Signature does not fit the address and the form")
        for name in ("MessageSid", "From"):
            if not form.get(name):
                raise FormIncomplete(f"the form has no {name}", pointer=f"/{name}")

    async def _take(self, work: Work, text: InboundText) -> None:
        """Keep the text, obey it, and answer once."""
        wish, owners = wish_of(text.body), await texts.owners(work.connection, text.sender)
        owner = owners[0] if owners else None
        is_new = await texts.take(
            work.connection, text, wish, owner.customer_id if owner else None, at=work.moment
        )
        if not is_new:
            return

        kind = answer_kind(wish, changed=await self._obey(work, wish, text.sender))
        if kind is not None and owner is not None:
            await self._answer(work, kind, text, owner)

    async def _obey(self, work: Work, wish: Wish, number: str) -> bool:
        if wish is Wish.STOP:
            return await texts.stop(work.connection, number, at=work.moment)
        if wish is Wish.START:
            return await texts.start(work.connection, number, at=work.moment)
        return False

    async def _answer(self, work: Work, kind: str, text: InboundText, owner: Customer) -> None:
        desk = Desk()
        hear_text(
            desk,
            kind,
            provider_id=text.provider_id,
            number=text.sender,
            customer_id=owner.customer_id,
            legal_entity=await self._entity(work, text, owner),
            moment=work.moment,
        )
        await messages.save(work.connection, desk.to_save(), desk.opened_by)

    async def _entity(self, work: Work, text: InboundText, owner: Customer) -> str:
        """Whom the customer wrote to: the owner of the number, else whoever wrote to them last."""
        for entity in self.company.legal_entities:
            if entity.sender.sms == text.to:
                return entity.code
        last = await texts.last_entity(work.connection, owner.customer_id)
        return last or self.company.legal_entities[0].code
