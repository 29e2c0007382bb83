"""What the payment provider tells us: signed, possibly often, in any order."""

from fastapi import APIRouter, Request
from pydantic import BaseModel

from portal_api.domain.back import BackCurrencyDiffers, MoreBackThanPaid
from portal_api.domain.payment import AmountDiffers
from portal_api.gateways.provider import (
    NoticeForged,
    NoticeTooOld,
    NoticeUnreadable,
    ProviderRefused,
    ProviderUnavailable,
)
from portal_api.interfaces.going_back import GoingBack
from portal_api.interfaces.mandating import Mandating
from portal_api.interfaces.paying import (
    NOT_OURS,
    NoticeOfAnother,
    NoticeOfUnknown,
    Paying,
    PayingOff,
)
from shared.web.problems import problems

PATH = "/webhooks/stripe"


class Heard(BaseModel):
    """What came of it: `moved`, `no-news`, or `not-ours`."""

    outcome: str


def webhooks_router(paying: Paying, mandating: Mandating) -> APIRouter:
    """`/webhooks/stripe`."""
    router, going_back = APIRouter(tags=["webhooks"]), GoingBack(paying)

    @router.post(
        PATH,
        responses=problems(
            *(NoticeForged, NoticeTooOld, NoticeUnreadable, AmountDiffers, NoticeOfAnother),
            *(NoticeOfUnknown, MoreBackThanPaid, BackCurrencyDiffers),
            *(ProviderRefused, ProviderUnavailable, PayingOff),
        ),
        openapi_extra={
            "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}}
        },
    )
    async def hear_stripe(request: Request) -> Heard:
        """Only its names are believed: how it stands is asked of Stripe. 5xx: Stripe tells it again."""
        signature = request.headers.get("Stripe-Signature", "")
        notice = paying.taker.read_notice(await request.body(), signature)
        if notice is None:
            return Heard(outcome=NOT_OURS)
        hears = going_back.hear if notice.of_back else paying.hear
        if notice.mandate_id or notice.method_id:
            hears = mandating.hear
        return Heard(outcome=await hears(notice))

    return router
