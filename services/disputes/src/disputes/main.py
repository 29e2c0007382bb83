"""Wiring: `python -m disputes.main all | api | worker | migrate`."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx

from disputes.config import STAND_IN, Settings
from disputes.gateways.clamd import Clamd
from disputes.gateways.folder_store import FolderStore
from disputes.gateways.paper_store import NoStore, PaperStore
from disputes.gateways.policy_file import load_rulebook
from disputes.gateways.s3_signature import Signer
from disputes.gateways.s3_store import S3Store
from disputes.gateways.scanner import NoScanner, Scanner
from disputes.gateways.stand_in_scanner import StandInScanner
from disputes.interfaces.consumers import projection
from disputes.interfaces.disputing import Disputing
from disputes.interfaces.filing import Filing
from disputes.interfaces.http import papers
from disputes.interfaces.http.assignments import assignments_router
from disputes.interfaces.http.decisions import decisions_router
from disputes.interfaces.http.disputes import disputes_router
from disputes.interfaces.http.moves import moves_router
from disputes.interfaces.http.papers import papers_router
from disputes.interfaces.jobs import LOOSE_EVERY_SECONDS, ClockWatch, LooseObjects, PaperScan
from shared.base.clock import SystemClock, clock_of
from shared.contracts.company import load_company
from shared.db.work import Database
from shared.web.parked import parked_router
from shared.worker.description import Service
from shared.worker.jobs import Job
from shared.worker.run import main

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def build(settings: Settings) -> Service:
    """The service, with nothing of the outside touched yet but its files."""
    database = Database(settings.database_url, name="disputes", pool=settings.database_pool_size)
    clock = clock_of(settings.clock_file)
    company = load_company(settings.company_file)
    disputing = Disputing(load_rulebook(settings.disputes_terms_file, company))
    store, scanner = store_of(settings), scanner_of(settings)
    watch, heard = ClockWatch(database, clock, disputing), projection(disputing)
    scan = PaperScan(database, clock, store, scanner)
    loose = LooseObjects(database, clock, store)
    return Service(
        name="disputes",
        settings=settings,
        database=database,
        clock=clock,
        migrations=MIGRATIONS,
        hearings=(heard,),
        jobs=(
            Job("clocks", watch.run, settings.job_tick_seconds),
            Job("scan", scan.run, settings.job_tick_seconds),
            Job("loose-objects", loose.run, LOOSE_EVERY_SECONDS, waits_for_facts=False),
        ),
        routers=(
            disputes_router(disputing),
            moves_router(disputing),
            decisions_router(disputing),
            assignments_router(disputing),
            papers_router(Filing(database, clock, store), disputing),
            parked_router(heard),
        ),
        large_bodies={papers.PATH: papers.BODY_BYTES_MAX},
    )


def store_of(settings: Settings) -> PaperStore:
    """Where papers are kept."""
    place = urlsplit(settings.disputes_papers_url)
    if not place.scheme:
        return NoStore()
    if place.scheme == "file":
        return FolderStore(Path(unquote(place.path)))
    http = httpx.AsyncClient(
        base_url=settings.disputes_s3_url, timeout=settings.disputes_s3_timeout_seconds
    )
    signer = Signer(
        settings.disputes_s3_access_key_id,
        settings.disputes_s3_secret_access_key,
        settings.disputes_s3_region,
    )
    return S3Store(http, f"{place.netloc}{place.path}", signer, now=SystemClock().now)


def scanner_of(settings: Settings) -> Scanner:
    """Who looks into them."""
    if settings.disputes_scanner == STAND_IN:
        return StandInScanner()
    place = urlsplit(settings.disputes_scanner)
    if not place.scheme:
        return NoScanner()
    return Clamd(place.hostname or "", place.port or 0, unquote(place.path))


if __name__ == "__main__":
    main("disputes", Settings, build)
