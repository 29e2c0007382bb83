"""Wiring of the ledger: `python -m ledger.main all | api | worker | migrate | republish`."""

from datetime import timedelta

from fastapi import APIRouter

from ledger.config import HOME, Settings
from ledger.gateways.intake import count_parked
from ledger.gateways.statement_pdf import Paper
from ledger.handlers.know_source import Registered
from ledger.interfaces.consumers import ErpHearing, told_hearing
from ledger.interfaces.http import balance_runs, imports, intake, open_amounts, payments
from ledger.interfaces.http.books import books_router
from ledger.interfaces.http.company import company_router
from ledger.interfaces.http.credit_applications import credit_applications_router
from ledger.interfaces.http.customers import customers_router
from ledger.interfaces.http.differences import differences_router
from ledger.interfaces.http.documents import documents_router
from ledger.interfaces.http.invoices import invoices_router
from ledger.interfaces.http.parked import parked_router
from ledger.interfaces.http.requests import requests_router
from ledger.interfaces.http.statements import statements_router
from ledger.interfaces.importing import Importing
from ledger.interfaces.jobs import Patience, Proof, Reconciliation, Republish
from shared.base.clock import Clock, clock_of
from shared.contracts.company import Company, load_company
from shared.db.work import Database
from shared.web.parked import parked_router as parked_facts_router
from shared.worker.jobs import Job
from shared.worker.run import Service, main


def build(settings: Settings) -> Service:
    """The service as the settings describe it."""
    assert settings.company_file is not None, "COMPANY_FILE must name the company file"
    company = load_company(settings.company_file)
    database = Database(settings.database_url, name="ledger", pool=settings.database_pool_size)
    clock = clock_of(settings.clock_file)
    hearing, decisions = ErpHearing(Registered.of(company)), told_hearing(company)
    patience = Patience(database, clock, timedelta(hours=settings.ledger_waiting_hours_max))
    reconciliation = _reconciliation(settings, company, database, clock)
    importing = Importing(database, clock, company)

    return Service(
        name="ledger",
        settings=settings,
        database=database,
        clock=clock,
        migrations=HOME / "migrations",
        hearings=[hearing, decisions],
        jobs=[
            Job(
                "proof",
                Proof(database).run,
                settings.ledger_proof_every_seconds,
                waits_for_facts=False,
            ),
            Job("patience", patience.run, settings.job_tick_seconds),
            Job("reconciliation", reconciliation.run, settings.job_tick_seconds),
            Job("importing", importing.run, settings.job_tick_seconds),
        ],
        routers=[*_routers(company, hearing), parked_facts_router(decisions, "/v1/parked-facts")],
        pulses=[patience.pulse, reconciliation.pulse, importing.pulse],
        large_bodies={imports.PATH: imports.BODY_BYTES_MAX},
        count_parked=count_parked,
        commands={"republish": Republish(database, clock).run},
    )


def _reconciliation(
    settings: Settings, company: Company, database: Database, clock: Clock
) -> Reconciliation:
    return Reconciliation(
        database,
        clock,
        {entity.code: entity.time_zone for entity in company.legal_entities},
        timedelta(seconds=settings.ledger_reconcile_delay_seconds),
        timedelta(hours=settings.ledger_run_hours_max),
    )


def _routers(company: Company, hearing: ErpHearing) -> list[APIRouter]:
    paper = Paper(HOME / "stationery", company)
    return [
        company_router(company),
        customers_router(company),
        statements_router(company, paper),
        documents_router(company, paper),
        invoices_router(company),
        payments.router,
        open_amounts.router,
        books_router(company),
        differences_router(company),
        requests_router(company),
        credit_applications_router(company),
        balance_runs.router,
        intake.router,
        imports.router,
        parked_router(hearing),
    ]


if __name__ == "__main__":
    main("ledger", Settings, build)
