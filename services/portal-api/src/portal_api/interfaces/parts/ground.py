"""What every part of the portal stands on, made once from the settings; and what a part is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple, Self
from uuid import UUID

import httpx
from fastapi import APIRouter

from portal_api.config import Settings
from portal_api.domain.session import SessionRules
from portal_api.domain.sign_in import SignInRules
from portal_api.interfaces.http.visitors import Visitors
from portal_api.interfaces.signing_in import SigningIn
from portal_api.interfaces.watch import Watch
from shared.base.clock import Clock, clock_of
from shared.contracts.company import Company, load_company
from shared.db.work import Database, Work
from shared.messaging.routes import Routes
from shared.messaging.seal import Seal
from shared.messaging.watermarks import Watermarks
from shared.web.calls import Peer, ServiceTokens, own_tokens
from shared.worker.jobs import Job


class Part(NamedTuple):
    """Something that the portal does for customers, as the service takes it."""

    doors: tuple[APIRouter, ...]
    jobs: tuple[Job, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """Nothing of the outside is touched yet but its files. `ledger` and `disputes` are asked in the customer's name."""

    settings: Settings
    database: Database
    clock: Clock
    watermarks: Watermarks
    company: Company | None
    signing_in: SigningIn
    visitors: Visitors
    ledger: Peer
    disputes: Peer

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """From the settings."""
        url, pool = settings.database_url, settings.database_pool_size
        database, clock = Database(url, name="portal-api", pool=pool), clock_of(settings.clock_file)
        company = load_company(settings.company_file) if settings.company_file else None
        signing_in, tokens = _signing_in(settings, database, clock, company), own_tokens(settings)
        return cls(
            settings=settings,
            database=database,
            clock=clock,
            watermarks=Watermarks(
                database,
                routes=Routes(settings.kafka_topic_prefix),
                trust_end_offsets=settings.kafka_end_offsets,
            ),
            company=company,
            signing_in=signing_in,
            visitors=Visitors(signing_in),
            ledger=_peer(settings.portal_api_ledger_url, settings, tokens),
            disputes=_peer(settings.portal_api_disputes_url, settings, tokens),
        )

    def watch(self, timer: str, judge: Callable[[Work, UUID], Awaitable[None]]) -> Watch:
        """Over timers of that kind, once what was told so far is heard."""
        return Watch(self.database, self.clock, self.watermarks.behind, timer, judge)

    def job(self, name: str, run: Callable[[], Awaitable[bool]]) -> Job:
        """At the pace of the settings."""
        return Job(name, run, self.settings.job_tick_seconds)


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


def _peer(url: str, settings: Settings, tokens: ServiceTokens) -> Peer:
    timeout = settings.portal_api_peer_timeout_seconds
    return Peer(httpx.AsyncClient(base_url=url, timeout=timeout), tokens)
