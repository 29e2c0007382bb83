"""Commands by which customers are heard: load, handle, save, one customer at a time."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from portal_api.domain.heard_rails import HeardRails
from portal_api.domain.request import Asker, Feedback, Request, RequestKind
from portal_api.domain.requests import Requests
from portal_api.domain.session import NotSignedIn, Session
from portal_api.gateways import contacts, requests
from portal_api.handlers.ask_call import ask_call
from portal_api.handlers.ask_time import ask_time
from portal_api.handlers.give_feedback import give_feedback
from shared.base.ids import derived_id
from shared.db.work import Work


@dataclass(frozen=True, slots=True)
class BeingHeard:
    """`legal_entity` answers customers who owe nobody yet."""

    rails: HeardRails
    legal_entity: str = ""

    async def ask_time(
        self, work: Work, session: Session, *, words: str, wants_until: date | None
    ) -> Request:
        """Silence until then, or until the rails end it."""
        asker, kind = await self.asker(work, session), RequestKind.HARDSHIP
        found = await requests.load(work.connection, asker.customer_id, kind)
        until = self.rails.hardship_until(
            wants_until, legal_entity=asker.legal_entity, moment=work.moment
        )
        wanted = Request(
            request_id=await requests.next_id(work.connection, asker.customer_id, kind),
            asker=asker,
            kind=kind,
            words=words,
            asked_at=work.moment,
            wants_until=wants_until,
            until=until,
        )
        request = ask_time(found, wanted, moment=work.moment)
        await requests.save(work, found)
        return request

    async def ask_call(
        self, work: Work, session: Session, *, words: str, phone: str | None, preferred_time: str
    ) -> Request:
        """A person of ours calls back."""
        asker, kind = await self.asker(work, session), RequestKind.CALL
        found = await requests.load(work.connection, asker.customer_id, kind)
        wanted = Request(
            request_id=await requests.next_id(work.connection, asker.customer_id, kind),
            asker=asker,
            kind=kind,
            words=words,
            asked_at=work.moment,
            phone=phone,
            preferred_time=preferred_time,
        )
        most = self.rails.calls_per_day_max
        request = ask_call(found, wanted, most=most, moment=work.moment)
        await requests.save(work, found)
        return request

    async def give_feedback(
        self, work: Work, session: Session, *, case_id: UUID, state: str, score: int, words: str
    ) -> Feedback:
        """One answer for each case, which stands in `state`."""
        asker, found = await self.asker(work, session), Requests()
        feedback = Feedback(
            derived_id("feedback", case_id), asker, case_id, score, words, work.moment
        )
        given = await requests.given(work.connection, asker, case_id)
        feedback = give_feedback(found, feedback, state=state, given=given, moment=work.moment)
        await requests.save(work, found)
        return feedback

    async def asker(self, work: Work, session: Session) -> Asker:
        """The contact of that session, as they are now."""
        for one in await contacts.acting(work.connection, session.address):
            if one.customer_id == session.customer_id:
                entity = one.legal_entity or self.legal_entity
                return Asker(one.customer_id, one.contact_id, entity, one.language)
        raise NotSignedIn("the contact is gone")
