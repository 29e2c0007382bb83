"""What the payment provider tells us: signed, possibly often, in any order."""

from fastapi import APIRouter, Request
from pydantic import BaseModel

from portal_api.domain.payment import AmountDiffers
from portal_api.gateways.provider import (
    NoticeForged,
    NoticeTooOld,
    NoticeUnreadable,
    ProviderRefused,
    ProviderUnavailable,
)
from portal_api.interfaces.paying import NOT_OURS, NoticeOfAnother, Paying, PayingOff
from shared.web.problems import problems

PATH = "/webhooks/stripe"


class Heard(BaseModel):
    """What came of it: `moved`, `no-news`, or `not-ours`."""

    outcome: str


def webhooks_router(paying: Paying) -> APIRouter:
    """`/webhooks/stripe`."""
    router = APIRouter(tags=["webhooks"])

    @router.post(
        PATH,
        responses=problems(
            *(NoticeForged, NoticeTooOld, NoticeUnreadable, AmountDiffers, NoticeOfAnother),
            *(ProviderRefused, ProviderUnavailable, PayingOff),
        ),
        openapi_extra={
            "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}}
        },
    )
    async def hear_stripe(request: Request) -> Heard:
        """Only its names are believed: how the payment stands is asked of Stripe. 5xx: Stripe tells it again."""
        signature = request.headers.get("Stripe-Signature", "")
        notice = paying.taker.read_notice(await request.body(), signature)
        return Heard(outcome=NOT_OURS if notice is None else await paying.hear(notice))

    return router
