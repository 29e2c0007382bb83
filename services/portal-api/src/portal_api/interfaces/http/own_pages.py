"""All of our own pages: what mails link to and what payments return to, where the operator has no other frontend."""

from fastapi import APIRouter

from portal_api.interfaces.being_heard import BeingHeard
from portal_api.interfaces.http.answer_pages import answer_pages_router
from portal_api.interfaces.http.ask_page import ask_page_router
from portal_api.interfaces.http.autopay_page import autopay_page_router
from portal_api.interfaces.http.feedback_page import feedback_page_router
from portal_api.interfaces.http.home_page import home_router
from portal_api.interfaces.http.invoice_page import invoice_page_router
from portal_api.interfaces.http.own_page import OwnPages
from portal_api.interfaces.http.pay_pages import pay_pages_router
from portal_api.interfaces.http.plan_page import plan_page_router
from portal_api.interfaces.paying import Paying
from portal_api.interfaces.planning import Planning


def own_pages(
    pages: OwnPages, paying: Paying, planning: Planning, heard: BeingHeard
) -> tuple[APIRouter, ...]:
    """Their routers."""
    return (
        ask_page_router(pages),
        home_router(pages),
        invoice_page_router(pages),
        answer_pages_router(pages),
        plan_page_router(pages, planning),
        pay_pages_router(pages, paying),
        autopay_page_router(pages),
        feedback_page_router(pages, heard),
    )
