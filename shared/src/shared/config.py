"""The settings every service has. A service's own `Settings` subclasses them; only its `main.py` reads them, once."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

SLICE_RECORDS_MAX = 500
"""Most records of one partition that one transaction takes."""

Seconds = Annotated[float, Field(gt=0)]


class RuntimeSettings(BaseSettings):
    """Read from the environment, by the field's name in capitals: `database_url` is `DATABASE_URL`.

    A service adds its own fields with its name in front (`scheduler_policies_folder`). Empty text means "not set".
    The standard `OTEL_*` variables are read by OpenTelemetry itself and so are not listed here.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    # --- database ---
    database_url: str
    """`postgresql+asyncpg://user:password@host:port/name`; one database per service."""
    database_pool_size: Annotated[int, Field(ge=2, le=100)] = 20
    """Most connections of one process; opened when needed and kept."""

    # --- bus ---
    kafka_bootstrap_servers: str
    """`host:port`, several by comma."""
    kafka_topic_prefix: str = ""
    """Put before every topic name, so that several stacks can share a broker."""
    kafka_idempotence: bool = True
    """False only for brokers without idempotent producers."""
    kafka_end_offsets: bool = True
    """False for brokers whose end offsets cannot be trusted; lag is then highwater − position."""
    kafka_static_membership: str = ""
    """`group.instance.id`, one per pod; "" for dynamic membership."""
    kafka_session_seconds: Annotated[float, Field(ge=6, le=1800)] = 45
    """Silence after which the group gives a member's partitions to others."""
    slice_records_max: Annotated[int, Field(ge=1, le=SLICE_RECORDS_MAX)] = SLICE_RECORDS_MAX

    # --- time and company ---
    clock_file: str = ""
    """File of the movable clock (see `shared.base.clock.FileClock`); "" is the machine's clock."""
    company_file: Path | None = None
    """YAML of legal entities and sources (see `shared.contracts.company`)."""

    # --- web ---
    http_host: str = "127.0.0.1"
    http_port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """0 takes a free port and logs it."""
    http_timeout_seconds: Seconds = 30
    """Longest a request may take before it is answered 504."""
    http_docs: bool = False
    """An interactive description at `/docs`. Its script is loaded from elsewhere: never where people sign in."""
    staff_jwks_url: str = ""
    """Where the staff token issuer publishes its keys; "" refuses every staff token."""
    staff_issuer: str = ""
    staff_audience: str = "dunwell"
    service_token_url: str = ""
    """Where that issuer gives this service a token of its own, by client credentials; "" where it asks no other."""
    service_client_id: str = ""
    service_client_secret: SecretStr = SecretStr("")
    cursor_secret: SecretStr = SecretStr("")
    """Signs page cursors; at least 32 characters, the same in every replica. "" draws one per process."""
    idempotency_hours: Annotated[int, Field(ge=1, le=24 * 30)] = 24
    """How long an Idempotency-Key is remembered, on the domain clock."""

    # --- telemetry ---
    log_level: str = "INFO"
    traces_zipkin_url: str = ""
    """`http://host:9411/api/v2/spans`; "" for none."""
    traces_file: str = ""
    """File to which finished spans are appended, one JSON document a line; "" for none."""

    # --- life of the process ---
    instance_name: str = ""
    """Tells this process from others of its service and is the same after a restart, so that its relay resumes its
    lease at once; "" is host name and process id."""
    job_tick_seconds: Seconds = 1
    """How often a job looks at the clock when its service names no period of its own."""
    measure_seconds: Seconds = 5
    """How often gauges that need the database are read."""
    drain_seconds: Seconds = 20
    """Longest from SIGTERM to exit; keep it below the supervisor's patience."""
    drain_notice_seconds: Annotated[float, Field(ge=0)] = 0
    """How long /readyz says no before anything stops, so that load balancers notice (Kubernetes: 5)."""
    crash_at: str = ""
    """Crash point to arm, for tests (see `shared.base.points`)."""
