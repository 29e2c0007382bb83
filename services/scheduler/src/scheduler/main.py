"""Wiring: `python -m scheduler.main all | api | worker | migrate`."""

from pathlib import Path

from scheduler.config import Settings
from scheduler.gateways.policy_files import load_rulebook
from scheduler.interfaces.consumers import OwnDecisions, OwnParkings, hearing
from scheduler.interfaces.http import holds, tasks, timeline
from scheduler.interfaces.http.policies import policies_router
from scheduler.interfaces.jobs import Looking
from shared.base.clock import clock_of
from shared.contracts.company import load_company
from shared.db.work import Database
from shared.messaging.routes import Routes
from shared.messaging.watermarks import Watermarks
from shared.web.parked import parked_router
from shared.worker.description import Service
from shared.worker.jobs import Job
from shared.worker.run import main

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def build(settings: Settings) -> Service:
    """The scheduler, made of its settings; touches nothing outside but its files."""
    database = Database(settings.database_url, name="scheduler", pool=settings.database_pool_size)
    clock = clock_of(settings.clock_file)
    rulebook = load_rulebook(
        settings.scheduler_policies_folder, load_company(settings.company_file)
    )
    watermarks = Watermarks(
        database,
        routes=Routes(settings.kafka_topic_prefix),
        trust_end_offsets=settings.kafka_end_offsets,
    )
    looking = Looking(
        database,
        clock,
        rulebook,
        watermarks,
        customers_per_batch=settings.scheduler_looks_per_batch,
        lag_patience_s=settings.scheduler_lag_patience_seconds,
    )
    heard = hearing()
    return Service(
        name="scheduler",
        settings=settings,
        database=database,
        clock=clock,
        migrations=MIGRATIONS,
        hearings=[heard, OwnParkings()],
        recalls=[OwnDecisions()],
        jobs=[Job("look", looking.run, settings.job_tick_seconds)],
        routers=[
            timeline.router,
            holds.router,
            tasks.router,
            policies_router(rulebook),
            parked_router(heard),
        ],
        watermarks=watermarks,
    )


if __name__ == "__main__":
    main("scheduler", Settings, build)
