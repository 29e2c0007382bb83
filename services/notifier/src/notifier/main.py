"""Wiring of the notifier: `python -m notifier.main all | api | worker | migrate`."""

from datetime import timedelta
from functools import partial

import httpx
from fastapi import APIRouter

from notifier.config import HOME, Settings
from notifier.domain.contact import Channel
from notifier.domain.sending import Mode, Sending, allow_list_of
from notifier.gateways.letter import Writer
from notifier.gateways.mail_carrier import MailCarrier, MailServer
from notifier.gateways.portal import Portal
from notifier.gateways.pulse import pulse
from notifier.gateways.stationery import Stationery
from notifier.gateways.text_carrier import TextCarrier
from notifier.interfaces.consumers import OwnOutcomes, projection
from notifier.interfaces.http import messages
from notifier.interfaces.http.sending import sending_router
from notifier.interfaces.http.webhooks import Webhook
from notifier.interfaces.jobs import Dispatch
from shared.base.clock import Clock, clock_of
from shared.contracts.company import Company, load_company
from shared.db.work import Database
from shared.messaging.routes import Routes
from shared.messaging.seal import Seal
from shared.messaging.watermarks import Watermarks
from shared.web.parked import parked_router
from shared.worker.jobs import Job
from shared.worker.run import Service, main

LANES = 3
"""One hands over while others claim or write down."""

RECOVERY_EVERY_SECONDS = 1.0


def build(settings: Settings) -> Service:
    """The service as the settings describe it."""
    assert settings.company_file is not None, "COMPANY_FILE must name the company file"
    company = load_company(settings.company_file)
    database = Database(settings.database_url, name="notifier", pool=settings.database_pool_size)
    clock = clock_of(settings.clock_file)
    watermarks = Watermarks(
        database,
        routes=Routes(settings.kafka_topic_prefix),
        trust_end_offsets=settings.kafka_end_offsets,
    )
    sending, heard = _sending(settings), projection()
    dispatch = _dispatch(
        settings,
        database=database,
        clock=clock,
        company=company,
        watermarks=watermarks,
        sending=sending,
    )
    return Service(
        name="notifier",
        settings=settings,
        database=database,
        clock=clock,
        migrations=HOME / "migrations",
        hearings=[heard],
        recalls=[OwnOutcomes()],
        jobs=[
            *(Job("dispatch", dispatch.run, settings.job_tick_seconds) for _ in range(LANES)),
            Job("recovery", dispatch.recover, RECOVERY_EVERY_SECONDS, waits_for_facts=False),
        ],
        routers=[
            messages.router,
            sending_router(sending),
            parked_router(heard),
            _webhook(settings, database, clock, company),
        ],
        pulses=[partial(pulse, otherwise=sending)],
        watermarks=watermarks,
    )


def _sending(settings: Settings) -> Sending:
    return Sending(
        Mode(settings.notifier_sending_mode), allow_list_of(settings.notifier_allow_list)
    )


def _dispatch(
    settings: Settings,
    *,
    database: Database,
    clock: Clock,
    company: Company,
    watermarks: Watermarks,
    sending: Sending,
) -> Dispatch:
    return Dispatch(
        database=database,
        clock=clock,
        company=company,
        writer=Writer(
            Stationery(settings.notifier_templates_folder),
            company,
            Seal.of(settings.portal_api_link_keys.get_secret_value()),
            Portal(settings.portal_api_public_url, settings.portal_api_home_url),
        ),
        carriers={Channel.EMAIL: _mail(settings), Channel.SMS: _texts(settings)},
        watermark=watermarks,
        sending=sending,
        claim_messages=settings.notifier_claim_messages,
        lease=timedelta(seconds=settings.notifier_claim_lease_seconds),
        instance=settings.instance_name,
    )


def _webhook(settings: Settings, database: Database, clock: Clock, company: Company) -> APIRouter:
    webhook = Webhook(
        database=database,
        clock=clock,
        company=company,
        auth_token=settings.notifier_twilio_auth_token.get_secret_value(),
        public_url=settings.notifier_public_url,
    )
    return webhook.router()


def _mail(settings: Settings) -> MailCarrier:
    server = MailServer(
        host=settings.notifier_smtp_host,
        port=settings.notifier_smtp_port,
        username=settings.notifier_smtp_username,
        password=settings.notifier_smtp_password.get_secret_value(),
        start_tls=settings.notifier_smtp_starttls,
        timeout_s=settings.notifier_smtp_timeout_seconds,
    )
    return MailCarrier(server, lines_max=LANES * settings.notifier_claim_messages)


def _texts(settings: Settings) -> TextCarrier:
    account = settings.notifier_twilio_account_sid
    http = httpx.AsyncClient(
        base_url=settings.notifier_twilio_url,
        auth=(account, settings.notifier_twilio_auth_token.get_secret_value()),
        timeout=settings.notifier_twilio_timeout_seconds,
    )
    return TextCarrier(http, account)


if __name__ == "__main__":
    main("notifier", Settings, build)
