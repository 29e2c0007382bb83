"""The five services as the local stack runs them."""

import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local_stack.addresses import LOOPBACK, answers
from local_stack.children import Program
from local_stack.clock.staff import Client
from local_stack.folders import REPOSITORY

NAMES = ("ledger", "scheduler", "notifier", "disputes", "portal-api")
PORTS = {"ledger": 8101, "scheduler": 8102, "notifier": 8103, "disputes": 8104, "portal-api": 8105}
ROLES = ["admin", "auditor", "collector", "manager", "operator", "viewer"]

LOCAL = "local"
"""The instance of a service when it has only one."""

# Longer than a service takes to drain.
GRACE_S = 25.0

# What the environment may say otherwise.
_DEFAULTS: Mapping[str, str] = {
    "COMPANY_FILE": str(REPOSITORY / "deploy" / "company" / "example.yaml"),
    "SCHEDULER_POLICIES_FOLDER": str(REPOSITORY / "services" / "scheduler" / "policies"),
    "NOTIFIER_SENDING_MODE": "live",
    "DISPUTES_SCANNER": "stand-in",
    "LOG_LEVEL": "INFO",
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the services find around them."""

    postgres: str
    bootstrap: str
    trustworthy_bus: bool
    clock_file: Path
    clock: str
    traces: str
    smtp_port: int
    sms: str
    sms_account_sid: str
    sms_auth_token: str
    provider: str
    stripe_key: str
    stripe_webhook_secret: str
    service_secret: str
    doors: Mapping[str, str]
    """Where each service answers, by its name."""
    logs: Path


def database(name: str) -> str:
    """The name of a service's database."""
    return name.replace("-", "_")


def address(port: int) -> str:
    """Where a service at that port answers."""
    return f"http://{LOOPBACK}:{port}"


def shared_settings(around: Surroundings) -> dict[str, str]:
    """The settings that are the same for every service."""
    trusted = str(around.trustworthy_bus).lower()
    chosen = {name: os.environ.get(name, value) for name, value in _DEFAULTS.items()}

    return {
        **chosen,
        "KAFKA_BOOTSTRAP_SERVERS": around.bootstrap,
        "KAFKA_IDEMPOTENCE": trusted,
        "KAFKA_END_OFFSETS": trusted,
        "CLOCK_FILE": str(around.clock_file),
        "HTTP_HOST": LOOPBACK,
        "HTTP_DOCS": "true",
        "STAFF_JWKS_URL": f"{around.clock}/.well-known/jwks.json",
        "STAFF_ISSUER": around.clock,
        "STAFF_AUDIENCE": "dunwell",
        "SERVICE_TOKEN_URL": f"{around.clock}/token",
        "SERVICE_CLIENT_SECRET": around.service_secret,
        "CURSOR_SECRET": secrets.token_hex(32),
        "PORTAL_API_LINK_KEYS": secrets.token_urlsafe(32),
        "PORTAL_API_PUBLIC_URL": around.doors["portal-api"],
        "PORTAL_API_LEDGER_URL": around.doors["ledger"],
        "PORTAL_API_DISPUTES_URL": around.doors["disputes"],
        "PORTAL_API_STRIPE_URL": around.provider,
        "PORTAL_API_STRIPE_SECRET_KEY": around.stripe_key,
        "PORTAL_API_STRIPE_WEBHOOK_SECRETS": around.stripe_webhook_secret,
        "TRACES_ZIPKIN_URL": f"{around.traces}/api/v2/spans",
        "DISPUTES_PAPERS_URL": around.logs.resolve().with_name("papers").as_uri(),
        "NOTIFIER_SMTP_HOST": LOOPBACK,
        "NOTIFIER_SMTP_PORT": str(around.smtp_port),
        "NOTIFIER_TWILIO_URL": around.sms,
        "NOTIFIER_TWILIO_ACCOUNT_SID": around.sms_account_sid,
        "NOTIFIER_TWILIO_AUTH_TOKEN": around.sms_auth_token,
    }


def clients(secret: str) -> dict[str, Client]:
    """The services that ask others, as the token issuer knows them."""
    return {"portal-api": Client(secret, ("portal",))}


def migrations(around: Surroundings, settings: Mapping[str, str]) -> Program:
    """The program that migrates all databases and ends."""
    wanted = (f"{database(name)}={database_url(name, around)}" for name in NAMES)
    return Program(
        name="migrations",
        argv=(sys.executable, "-m", "local_stack.migrations", *wanted),
        env=settings,
        log=around.logs / "migrations.log",
        is_ready=lambda: True,
        folder=REPOSITORY,
    )


def service(
    name: str,
    port: int,
    around: Surroundings,
    settings: Mapping[str, str],
    *,
    mode: str = "all",
    instance: str = LOCAL,
) -> Program:
    """One process of a service: all of it, or with another instance's name one of several workers."""
    own = {
        "DATABASE_URL": database_url(name, around),
        "HTTP_PORT": str(port),
        "SERVICE_CLIENT_ID": name,
        "INSTANCE_NAME": f"{name}-{instance}",
        # A member with a name of its own is back at once after a kill.
        "KAFKA_STATIC_MEMBERSHIP": instance if around.trustworthy_bus else "",
        "OTEL_SERVICE_NAME": name,
    }
    shown = name if instance == LOCAL else f"{name}-{instance}"

    return Program(
        name=shown,
        argv=(sys.executable, "-m", f"{database(name)}.main", mode),
        env={**settings, **own},
        log=around.logs / f"{shown}.log",
        is_ready=lambda: answers(f"{address(port)}/readyz"),
        folder=REPOSITORY,
        grace_s=GRACE_S,
    )


def database_url(name: str, around: Surroundings) -> str:
    """Where a service's database is, as its setting spells it."""
    server = around.postgres.rpartition("/")[0].replace("postgresql:", "postgresql+asyncpg:")
    return f"{server}/{database(name)}"
