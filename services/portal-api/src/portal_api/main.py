"""Wiring: `python -m portal_api.main all | api | worker | migrate`."""

from pathlib import Path

from portal_api.config import Settings
from portal_api.interfaces.consumers import LEDGER
from portal_api.interfaces.http import ROUTERS
from shared.base.clock import clock_of
from shared.db.work import Database
from shared.worker.run import Service, main

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def build(settings: Settings) -> Service:
    """The service, with nothing of the outside touched yet."""
    return Service(
        name="portal-api",
        settings=settings,
        database=Database(
            settings.database_url, name="portal-api", pool=settings.database_pool_size
        ),
        clock=clock_of(settings.clock_file),
        migrations=MIGRATIONS,
        hearings=(LEDGER,),
        routers=ROUTERS,
    )


if __name__ == "__main__":
    main("portal-api", Settings, build)
