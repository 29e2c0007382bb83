"""Wiring: `python -m disputes.main all | api | worker | migrate`."""

from pathlib import Path

from disputes.config import Settings
from disputes.interfaces.consumers import LEDGER
from disputes.interfaces.http import ROUTERS
from shared.base.clock import clock_of
from shared.db.work import Database
from shared.worker.run import Service, main

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def build(settings: Settings) -> Service:
    """The service, with nothing of the outside touched yet."""
    return Service(
        name="disputes",
        settings=settings,
        database=Database(settings.database_url, name="disputes", pool=settings.database_pool_size),
        clock=clock_of(settings.clock_file),
        migrations=MIGRATIONS,
        hearings=(LEDGER,),
        routers=ROUTERS,
    )


if __name__ == "__main__":
    main("disputes", Settings, build)
