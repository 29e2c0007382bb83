"""All of our own pages: what mails link to and what payments return to, where the operator has no other frontend."""

from typing import Final

from fastapi import APIRouter

from portal_api.gateways.dispute_desk import DisputeDesk
from portal_api.interfaces.being_heard import BeingHeard
from portal_api.interfaces.http.ask_page import ask_page_router
from portal_api.interfaces.http.autopay_page import autopay_page_router
from portal_api.interfaces.http.choose_page import choose_page_router
from portal_api.interfaces.http.dispute_page import PAPERS, REOPENINGS, dispute_page_router
from portal_api.interfaces.http.feedback_page import feedback_page_router
from portal_api.interfaces.http.home_page import home_router
from portal_api.interfaces.http.invoice_page import invoice_page_router
from portal_api.interfaces.http.own_page import OwnPages
from portal_api.interfaces.http.papers import BODY_BYTES_MAX, PATH
from portal_api.interfaces.http.pay_pages import pay_pages_router
from portal_api.interfaces.http.plan_page import plan_page_router
from portal_api.interfaces.http.promise_page import promise_page_router
from portal_api.interfaces.http.save_page import save_page_router
from portal_api.interfaces.mandating import Mandating
from portal_api.interfaces.paying import Paying
from portal_api.interfaces.planning import Planning

LARGE_BODIES: Final = dict.fromkeys((PATH, PAPERS, REOPENINGS), BODY_BYTES_MAX)
"""Where papers come in, at the doors and at our own page."""


def own_pages(
    pages: OwnPages,
    *,
    paying: Paying,
    mandating: Mandating,
    planning: Planning,
    heard: BeingHeard,
    desk: DisputeDesk,
) -> tuple[APIRouter, ...]:
    """Their routers."""
    return (
        ask_page_router(pages),
        home_router(pages),
        invoice_page_router(pages),
        promise_page_router(pages),
        dispute_page_router(pages, desk),
        plan_page_router(pages, planning),
        pay_pages_router(pages, paying),
        choose_page_router(pages, paying),
        autopay_page_router(pages),
        save_page_router(pages, mandating),
        feedback_page_router(pages, heard),
    )
