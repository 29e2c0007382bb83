"""Whether anything leaves the house: off, only to an allow-list, or live. `off` is the emergency stop."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from notifier.domain.sending import ALLOWED_MAX, AllowListMissing, Mode, Sending, allow_list_of
from notifier.gateways import switch
from shared.web.accepted import Text
from shared.web.auth import Staff, require
from shared.web.commands import Command, CommandRoute, Question
from shared.web.problems import problems


class WantedSending(BaseModel):
    """`allow_list` holds addresses, E.164 numbers or `@domain`; it is wanted with mode `allow-list` only."""

    model_config = ConfigDict(extra="forbid")

    mode: Mode
    allow_list: Annotated[list[Text], Field(max_length=ALLOWED_MAX)] = []


class ShownSending(BaseModel):
    """The mode, since when and by whom (`setting` while nobody has changed it; `restored` when the database was
    found to be older than what had been told, the last time at `restored_at`)."""

    mode: Mode
    allow_list: list[str]
    changed_at: datetime | None = None
    changed_by: str = "setting"
    restored_at: datetime | None = None


def sending_router(otherwise: Sending) -> APIRouter:
    """`otherwise` counts until somebody sets a mode."""
    router = APIRouter(prefix="/v1/sending", tags=["sending"], route_class=CommandRoute)

    @router.get("", dependencies=[require("viewer")])
    async def show_sending(question: Question) -> ShownSending:
        """The mode as it is now."""
        async with question.look() as connection:
            row = await switch.show(connection)
        if row is None:
            return ShownSending(mode=otherwise.mode, allow_list=list(otherwise.allow_list))
        return ShownSending.model_validate(dict(row))

    @router.post("", responses=problems(AllowListMissing))
    async def set_sending(
        wanted: WantedSending, work: Command, staff: Annotated[Staff, require("operator", "admin")]
    ) -> ShownSending:
        """Set the mode; what waits has its last look when it may leave again."""
        sending = Sending(wanted.mode, allow_list_of(wanted.allow_list))
        await switch.change(work.connection, sending, by=staff.subject, moment=work.moment)
        return ShownSending(
            mode=sending.mode,
            allow_list=list(sending.allow_list),
            changed_at=work.moment,
            changed_by=staff.subject,
        )

    return router
