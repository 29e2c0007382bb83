"""What a service is: all there is to know to run it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import APIRouter

from shared.base.clock import Clock
from shared.config import RuntimeSettings
from shared.db.condition import CountParked, count_parked
from shared.db.work import Database
from shared.messaging.hearing import Hearing
from shared.messaging.kafka import KafkaAt
from shared.messaging.routes import Routes
from shared.messaging.watermarks import Watermarks
from shared.web.pulse import PulseSource
from shared.worker.jobs import Job


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service's `build` makes one without touching the outside."""

    name: str
    """As topics and databases spell it: `ledger`, `portal-api`."""
    settings: RuntimeSettings
    database: Database
    clock: Clock
    migrations: Path
    hearings: Sequence[Hearing] = ()
    recalls: Sequence[Hearing] = ()
    """Our own words, read back at every start before anything else (see `shared.messaging.recall`)."""
    jobs: Sequence[Job] = ()
    routers: Sequence[APIRouter] = ()
    pulses: Sequence[PulseSource] = ()
    large_bodies: Mapping[str, int] = field(default_factory=dict)
    """Paths, as routes spell them, whose bodies may be larger than others', and how many bytes they have at most: where
    files come in."""
    secret_paths: Sequence[str] = ()
    """Beginnings of paths that hold a secret, such as a mailed link: no span is made of a request to them."""
    allowed_origins: Sequence[str] = ()
    """Of pages on other hosts that may call our doors from a browser (CORS); they bring a token, never a cookie."""
    count_parked: CountParked = count_parked
    watermarks: Watermarks | None = None
    """Attached to the consumer, for services that must know whether they have heard everything."""
    commands: Mapping[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    """More modes of the command line, such as `republish`: run once, then exit 0."""


def kafka_at(settings: RuntimeSettings) -> KafkaAt:
    """The broker as the settings describe it."""
    return KafkaAt(
        bootstrap=settings.kafka_bootstrap_servers,
        routes=Routes(settings.kafka_topic_prefix),
        idempotence=settings.kafka_idempotence,
        static_member=settings.kafka_static_membership,
        end_offsets=settings.kafka_end_offsets,
        session_seconds=settings.kafka_session_seconds,
    )
