"""Wiring: `python -m disputes.main all | api | worker | migrate`."""

from pathlib import Path

from disputes.config import Settings
from disputes.gateways.policy_file import load_rulebook
from disputes.interfaces.consumers import projection
from disputes.interfaces.disputing import Disputing
from disputes.interfaces.http.decisions import decisions_router
from disputes.interfaces.http.disputes import disputes_router
from disputes.interfaces.http.moves import moves_router
from disputes.interfaces.jobs import ClockWatch
from shared.base.clock import clock_of
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
    watch, heard = ClockWatch(database, clock, disputing), projection(disputing)
    return Service(
        name="disputes",
        settings=settings,
        database=database,
        clock=clock,
        migrations=MIGRATIONS,
        hearings=(heard,),
        jobs=(Job("clocks", watch.run, settings.job_tick_seconds),),
        routers=(
            disputes_router(disputing),
            moves_router(disputing),
            decisions_router(disputing),
            parked_router(heard),
        ),
    )


if __name__ == "__main__":
    main("disputes", Settings, build)
