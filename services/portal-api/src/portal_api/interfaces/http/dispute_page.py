"""Our own page of a dispute with its clocks: what mails about it link to, and where its customer brings papers."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import UploadFile

from portal_api.domain.contact import Role
from portal_api.domain.dispute import DisputeUnknown
from portal_api.gateways import disputes
from portal_api.gateways.dispute_desk import DisputeDesk
from portal_api.interfaces.http.disputes import WORDS_CHARACTERS_MAX, ClockShown
from portal_api.interfaces.http.own_page import Guest, OwnPages
from portal_api.interfaces.http.page_rows import Row, disputed_amount, row
from portal_api.interfaces.http.papers import PAPER_BYTES_MAX
from portal_api.interfaces.http.thing_page import Shown, thing
from shared.base.days import local_day
from shared.base.money import minor_of
from shared.contracts.disputes import State
from shared.web.problems import RequestInvalid

PAPERS: Final = "/disputes/{dispute_id}/papers"
REOPENINGS: Final = "/disputes/{dispute_id}/reopenings"
WORDS_BYTES_MAX: Final = 4 * WORDS_CHARACTERS_MAX
_TAKES_PAPERS: Final = frozenset(State) - {
    *(State.RESOLVED, State.CLOSED, State.WITHDRAWN, State.MERGED),
}


Sent = tuple[str, bytes, str]
"""A file's name, content and declared type."""


async def _given(request: Request) -> tuple[Sent, str]:
    """The file of a form, and the words beside it."""
    async with request.form(max_files=1, max_fields=1, max_part_size=WORDS_BYTES_MAX) as form:
        file, words = form.get("file"), form.get("words", "")
        if not isinstance(file, UploadFile) or not isinstance(words, str):
            raise RequestInvalid("a form with file is wanted, and perhaps words")
        content = await file.read(PAPER_BYTES_MAX + 1)
        said = words.replace("\x00", "").strip()[:WORDS_CHARACTERS_MAX] or "new papers"
        return (file.filename or "", content, file.content_type or ""), said


def dispute_page_router(pages: OwnPages, desk: DisputeDesk) -> APIRouter:
    """`/disputes/{id}`, `…/papers` and `…/reopenings`. Sent twice is sent once."""
    router = pages.router()
    viewer, disputer = pages.guest(Role.VIEW), pages.guest(Role.DISPUTE)

    @router.get("/disputes/{dispute_id}")
    async def show_dispute(
        dispute_id: UUID, guest: Annotated[Guest, viewer], brought: bool = False
    ) -> Response:
        async with guest.visitor.look() as connection:
            found = await disputes.one(connection, guest.me.customer_id, dispute_id)
        if found is None:
            raise DisputeUnknown("you have no such dispute")
        shown = _dispute(pages, guest, found, is_brought=brought)
        return thing(pages, guest, found["legal_entity"], shown)

    @router.post(PAPERS)
    async def bring(
        dispute_id: UUID,
        guest: Annotated[Guest, disputer],
        given: Annotated[tuple[Sent, str], Depends(_given)],
    ) -> Response:
        """A paper, while it is looked into."""
        await desk.bring(guest.visitor.session, dispute_id, given[0], key=None)
        return RedirectResponse(f"/disputes/{dispute_id}?brought=1", 303)

    @router.post(REOPENINGS)
    async def reopen(
        dispute_id: UUID,
        guest: Annotated[Guest, disputer],
        given: Annotated[tuple[Sent, str], Depends(_given)],
    ) -> Response:
        """A paper that is new, and why it changes the decision. Of each decision it is heard once."""
        session, (file, words) = guest.visitor.session, given
        paper = await desk.bring(session, dispute_id, file, key=None)
        paper_id = UUID(paper["paper_id"])
        times = await desk.times_decided(session, dispute_id)
        again = f"reopened after {times} with {paper_id}"
        await desk.reopen(session, dispute_id, words=words, papers=[paper_id], key=again)
        return RedirectResponse(f"/disputes/{dispute_id}?brought=1", 303)

    return router


def clock_rows(pages: OwnPages, guest: Guest, dispute: Any) -> list[Row]:
    """The clocks of a dispute as they stand now; one that has stopped is done."""
    w, zone = guest.words.w, pages.zone(dispute["legal_entity"])

    def line(clock: ClockShown) -> Row:
        said = w["clock_done"]
        if clock.paused_for:
            said = w["clock_rests"].format(whom=w["waits_for"][clock.paused_for])
        elif clock.due_at:
            said = w["clock_due"].format(moment=guest.words.moment(clock.due_at, zone))
        role = w["clock_role"].format(role=_team(pages, dispute, clock)) if clock.due_at else ""
        return row(w["clocks"][clock.kind], "", more=[one for one in (said, role) if one])

    return [line(ClockShown.of(one, guest.visitor.moment)) for one in dispute["clocks"]]


def _team(pages: OwnPages, dispute: Any, clock: ClockShown) -> str:
    """As its company calls it."""
    entity = pages.entity(dispute["legal_entity"])
    role = clock.responsible_role
    return entity.dispute_team(role).mailbox.name if entity else role


def _dispute(pages: OwnPages, guest: Guest, found: Any, *, is_brought: bool) -> Shown:
    words, w, currency = guest.words, guest.words.w, found["currency"]
    opened_on = local_day(found["opened_at"], pages.zone(found["legal_entity"]))
    is_held = any(minor_of(held, currency) for *_, held in found["items"])
    facts = [(w["reason"], w["reasons"][found["reason"]]), (w["opened_on"], words.day(opened_on))]
    if found["outcome"]:
        facts.append((w["outcome"], w["outcomes"][found["outcome"]]))

    may_reopen = _may_reopen(pages, guest, found)
    if may_reopen:
        facts.append((w["reopen_until"], words.day(found["reopen_until"])))
    notes = [w["paper_brought"]] if is_brought else []

    return {
        "title": w["dispute_title"].format(amount=disputed_amount(found, words)),
        "badge": w["dispute_states"][found["state"]],
        "mood": "good" if is_held else "",
        "notes": [*notes, w["held_note"]] if is_held else notes,
        "facts": facts,
        "quotes": [(w["our_words"], found["words"])] if found["words"] else (),
        "bring": _bring(guest, found, may_reopen=may_reopen),
        "lists": [
            (w["clock"], clock_rows(pages, guest, found)),
            (w["invoices_of"], _items(guest, found)),
        ],
    }


def _may_reopen(pages: OwnPages, guest: Guest, found: Any) -> bool:
    """The day is not over, where the legal entity is."""
    today = local_day(guest.visitor.moment, pages.zone(found["legal_entity"]))
    return found["reopen_until"] is not None and today <= found["reopen_until"]


def _bring(guest: Guest, found: Any, *, may_reopen: bool) -> Shown | None:
    """The form for a paper: one that is asked for, or one that is new; None where none changes anything."""
    noun = "reopenings" if may_reopen else "papers"
    takes = may_reopen or found["state"] in _TAKES_PAPERS
    if not takes or Role.DISPUTE not in guest.visitor.session.roles:
        return None
    return {"path": f"/disputes/{found['dispute_id']}/{noun}", "is_new": may_reopen}


def _items(guest: Guest, found: Any) -> list[Row]:
    words, currency = guest.words, found["currency"]

    def named(number: str, part: int | None) -> str:
        if part is None:
            return number
        return f"{number}, {words.w['instalment'].format(number=part)}"

    return [
        row(
            named(number, part),
            words.amount(minor_of(amount, currency), currency),
            href=f"/invoices/{invoice_id}",
        )
        for invoice_id, number, part, amount, *_ in found["items"]
    ]
