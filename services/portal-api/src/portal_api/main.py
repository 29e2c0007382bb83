"""Wiring: `python -m portal_api.main all | api | worker | migrate`."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import httpx
from fastapi import APIRouter
from stripe import StripeClient

from portal_api.config import Settings
from portal_api.domain.autopay import AutopayRails
from portal_api.domain.session import SessionRules
from portal_api.domain.sign_in import SignInRules
from portal_api.gateways import charges, plans, promises
from portal_api.gateways.autopay_files import load_autopay_rails
from portal_api.gateways.credit_desk import CreditDesk
from portal_api.gateways.dispute_desk import DisputeDesk
from portal_api.gateways.heard_rails_file import load_heard_rails
from portal_api.gateways.plan_files import load_plan_rails
from portal_api.gateways.promise_rails_file import load_promise_rails
from portal_api.gateways.stripe_means import StripeMeans
from portal_api.gateways.stripe_provider import StripeProvider, stripe_client
from portal_api.interfaces.announcing import Announcing
from portal_api.interfaces.being_heard import BeingHeard
from portal_api.interfaces.charging import Charging
from portal_api.interfaces.consumers import HEARING
from portal_api.interfaces.http import papers
from portal_api.interfaces.http.charges import charges_router
from portal_api.interfaces.http.credit_applications import credit_applications_router
from portal_api.interfaces.http.credits import credits_router, payments_router
from portal_api.interfaces.http.disputes import disputes_router
from portal_api.interfaces.http.documents import documents_router
from portal_api.interfaces.http.invoices import invoices_router
from portal_api.interfaces.http.lists import lists_router
from portal_api.interfaces.http.mail_links import UNSUBSCRIBE_PATH, mail_links_router
from portal_api.interfaces.http.mandates import mandates_router
from portal_api.interfaces.http.me import me_router
from portal_api.interfaces.http.messages import messages_router
from portal_api.interfaces.http.own_page import OwnPages
from portal_api.interfaces.http.own_pages import own_pages
from portal_api.interfaces.http.papers import dispute_papers_router
from portal_api.interfaces.http.paying import origin_of, paying_router
from portal_api.interfaces.http.plan_approvals import plan_approvals_router
from portal_api.interfaces.http.plans import plans_router
from portal_api.interfaces.http.preferences import preferences_router
from portal_api.interfaces.http.promises import promises_router
from portal_api.interfaces.http.requests import calls_router, requests_router
from portal_api.interfaces.http.sign_in_page import PATH, sign_in_page_router
from portal_api.interfaces.http.sign_ins import sign_ins_router
from portal_api.interfaces.http.statement import statement_router
from portal_api.interfaces.http.visitors import Visitors
from portal_api.interfaces.http.webhooks import webhooks_router
from portal_api.interfaces.jobs import FORGET_EVERY_SECONDS, Forgetting
from portal_api.interfaces.mandate_watch import MandateWatch
from portal_api.interfaces.mandating import Mandating
from portal_api.interfaces.paying import Paying
from portal_api.interfaces.payment_watch import PaymentWatch
from portal_api.interfaces.planning import Planning
from portal_api.interfaces.preferring import PATH as CHANGE_PATH
from portal_api.interfaces.preferring import Preferring
from portal_api.interfaces.promising import Promising
from portal_api.interfaces.signing_in import SigningIn
from portal_api.interfaces.watch import Watch
from shared.base.clock import Clock, clock_of
from shared.contracts.company import Company, load_company
from shared.db.work import Database
from shared.messaging.routes import Routes
from shared.messaging.seal import Seal
from shared.messaging.watermarks import Watermarks
from shared.web.calls import Peer, ServiceTokens, own_tokens
from shared.web.parked import parked_router
from shared.worker.jobs import Job
from shared.worker.run import Service, main

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def build(settings: Settings) -> Service:
    """The service, with nothing of the outside touched yet but its files."""
    database = Database(settings.database_url, name="portal-api", pool=settings.database_pool_size)
    clock = clock_of(settings.clock_file)
    company = load_company(settings.company_file) if settings.company_file else None
    signing_in = _signing_in(settings, database, clock, company)
    forgetting, answering = Forgetting(database, clock), _answering(settings, company)
    client, rails = _stripe(settings), load_autopay_rails(settings.portal_api_autopay_file, company)
    paying = _paying(settings, database, clock, client, rails)
    means = StripeMeans(client) if client else None
    mandating = Mandating(database, clock, means, rails, signing_in.legal_entity)
    watermarks = Watermarks(
        database,
        routes=Routes(settings.kafka_topic_prefix),
        trust_end_offsets=settings.kafka_end_offsets,
    )
    watch = partial(Watch, database, clock, watermarks.behind)
    return Service(
        name="portal-api",
        settings=settings,
        database=database,
        clock=clock,
        migrations=MIGRATIONS,
        hearings=(HEARING,),
        jobs=(
            Job("forget-sign-ins", forgetting.run, FORGET_EVERY_SECONDS, waits_for_facts=False),
            *_watches(settings, watch, answering),
            *_charging(settings, watch, paying, mandating),
            Job("payments", PaymentWatch(paying).run, settings.job_tick_seconds),
        ),
        routers=_doors(settings, signing_in, company, answering, (paying, mandating)),
        watermarks=watermarks,
        large_bodies={papers.PATH: papers.BODY_BYTES_MAX},
        secret_paths=(PATH, CHANGE_PATH, UNSUBSCRIBE_PATH),
        allowed_origins=settings.portal_api_allowed_origins,
    )


def _doors(
    settings: Settings,
    signing_in: SigningIn,
    company: Company | None,
    answering: tuple[Promising, Planning],
    takers: tuple[Paying, Mandating],
) -> tuple[APIRouter, ...]:
    visitors = Visitors(signing_in)
    rails = load_heard_rails(settings.portal_api_heard_file, company)
    heard = BeingHeard(rails, signing_in.legal_entity)
    return (
        *_own_doors(visitors, company),
        sign_ins_router(signing_in, visitors),
        sign_in_page_router(signing_in, home_url=settings.portal_api_home_url),
        me_router(signing_in, visitors),
        *_answer_doors(visitors, *answering),
        *_asking_doors(settings, visitors),
        *_doors_of_being_heard(signing_in, visitors, heard),
        *_paying_doors(settings, visitors, *takers),
        *own_pages(OwnPages(visitors, company), takers[0], answering[1], heard),
        parked_router(HEARING),
    )


def _own_doors(visitors: Visitors, company: Company | None) -> tuple[APIRouter, ...]:
    """What a customer sees of their own."""
    return (
        invoices_router(visitors, company),
        payments_router(visitors),
        credits_router(visitors),
        statement_router(visitors, company),
        messages_router(visitors),
        lists_router(visitors, company),
    )


def _asking_doors(settings: Settings, visitors: Visitors) -> tuple[APIRouter, ...]:
    """What another service of ours does for a customer."""
    tokens = own_tokens(settings)
    desk = DisputeDesk(peer_at(settings, settings.portal_api_disputes_url, tokens))
    ledger = peer_at(settings, settings.portal_api_ledger_url, tokens)
    return (
        disputes_router(visitors, desk),
        dispute_papers_router(visitors, desk),
        documents_router(visitors, ledger),
        credit_applications_router(visitors, CreditDesk(ledger)),
    )


def _paying_doors(
    settings: Settings, visitors: Visitors, paying: Paying, mandating: Mandating
) -> tuple[APIRouter, ...]:
    """Where a customer pays or lets us charge, and the provider tells us what came of it."""
    origins = _origins(settings)
    return (
        paying_router(visitors, paying, origins),
        mandates_router(visitors, mandating, origins),
        charges_router(visitors),
        webhooks_router(paying, mandating),
    )


def peer_at(settings: Settings, url: str, tokens: ServiceTokens) -> Peer:
    """A service of ours, asked in the customer's name."""
    timeout = settings.portal_api_peer_timeout_seconds
    return Peer(httpx.AsyncClient(base_url=url, timeout=timeout), tokens)


def _doors_of_being_heard(
    signing_in: SigningIn, visitors: Visitors, heard: BeingHeard
) -> tuple[APIRouter, ...]:
    """Where a customer asks for a person, and says how they want to be reached."""
    preferring = Preferring(heard, signing_in.seal, signing_in.public_url)
    return (
        preferences_router(signing_in, visitors, preferring),
        mail_links_router(preferring, signing_in.database, signing_in.clock),
        requests_router(visitors, heard),
        calls_router(),
    )


def _stripe(settings: Settings) -> StripeClient | None:
    """None where nobody can pay."""
    key = settings.portal_api_stripe_secret_key.get_secret_value()
    timeout = settings.portal_api_stripe_timeout_seconds
    return (
        stripe_client(key, url=settings.portal_api_stripe_url, timeout_s=timeout) if key else None
    )


def _paying(
    settings: Settings,
    database: Database,
    clock: Clock,
    client: StripeClient | None,
    rails: AutopayRails,
) -> Paying:
    ledger = peer_at(settings, settings.portal_api_ledger_url, own_tokens(settings))
    signing = settings.portal_api_stripe_webhook_secrets.get_secret_value()
    secrets = tuple(one for one in signing.split(",") if one)
    provider = StripeProvider(client, secrets) if client else None
    return Paying(database, clock, ledger, provider, rails.zones, rails)


def _origins(settings: Settings) -> frozenset[str]:
    """Where a customer may be sent after paying: our own pages, and those that may call us."""
    named = (settings.portal_api_public_url, *settings.portal_api_allowed_origins)
    return frozenset(origin_of(one) for one in named) - {""}


def _answering(settings: Settings, company: Company | None) -> tuple[Promising, Planning]:
    """With their rails."""
    rails, agreement = load_plan_rails(settings.portal_api_plans_file, company)
    entities = company.legal_entities if company else ()
    return (
        Promising(load_promise_rails(settings.portal_api_promises_file, company)),
        Planning(rails, agreement, {one.code: one.name for one in entities}),
    )


def _answer_doors(
    visitors: Visitors, promising: Promising, planning: Planning
) -> tuple[APIRouter, ...]:
    """How a customer answers, and we them."""
    return (
        promises_router(visitors, promising),
        plans_router(visitors, planning),
        plan_approvals_router(planning),
    )


def _watches(
    settings: Settings, watch: Callable[..., Watch], answering: tuple[Promising, Planning]
) -> tuple[Job, ...]:
    """What becomes of answers unasked."""
    promising, planning = answering
    return (
        Job("promises", watch(promises.TIMER, promising.judge).run, settings.job_tick_seconds),
        Job("plans", watch(plans.TIMER, planning.judge).run, settings.job_tick_seconds),
    )


def _charging(
    settings: Settings, watch: Callable[..., Watch], paying: Paying, mandating: Mandating
) -> tuple[Job, ...]:
    """What is announced and charged unasked, and what becomes of saved means."""
    rails, tick = mandating.rails, settings.job_tick_seconds
    looking = watch(charges.LOOKS, Announcing(rails, mandating.legal_entity).look)
    charging = Charging(paying, mandating.provider, looking.heard_enough)
    return (
        Job("mandates", MandateWatch(mandating).run, tick),
        Job("autopay", looking.run, tick),
        Job("charges", charging.run, tick),
    )


def _signing_in(
    settings: Settings, database: Database, clock: Clock, company: Company | None
) -> SigningIn:
    return SigningIn(
        database=database,
        clock=clock,
        rules=SignInRules(
            link_life=timedelta(seconds=settings.portal_api_link_seconds),
            codes_wrong_max=settings.portal_api_codes_wrong_max,
            window=timedelta(seconds=settings.portal_api_asks_window_seconds),
            asks_of_address_max=settings.portal_api_asks_of_address_max,
            asks_of_network_max=settings.portal_api_asks_of_network_max,
        ),
        session_rules=SessionRules(
            idle=timedelta(seconds=settings.portal_api_session_idle_seconds),
            longest=timedelta(seconds=settings.portal_api_session_longest_seconds),
        ),
        seal=Seal.of(settings.portal_api_link_keys.get_secret_value()),
        public_url=settings.portal_api_public_url,
        legal_entity=company.legal_entities[0].code if company else "",
    )


if __name__ == "__main__":
    main("portal-api", Settings, build)
