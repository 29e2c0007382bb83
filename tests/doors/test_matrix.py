"""Every route of every OpenAPI document, asked by everybody: what each is answered stands in `matrix/<service>.txt`.

A route without a row fails, and so does a row without a route. Where the table is wrong the whole of what was answered
is printed, to be read before it is copied.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from shared.base.clock import FileClock
from shared.base.ids import object_id
from shared.contracts import disputes, erp, ledger
from shared.messaging.cloudevents import Record
from shared.testing.examples import CUSTOMER, INVOICE, PAYMENT, SOURCE, our_examples
from shared.web.app import create_app
from shared.worker.description import Service

TABLES: Final = Path(__file__).parent / "matrix"
SERVICES: Final = ("disputes", "ledger", "notifier", "portal-api", "scheduler")
METHODS: Final = ("get", "post", "put", "patch", "delete")
LONG_AGO: Final = timedelta(days=400)
OTHER_CUSTOMER: Final = object_id(SOURCE, "customer", "K-20000")
NOBODY_S_TOKEN: Final = "x" * 43

SignIn = Callable[[Service, str], Awaitable[str]]

PORTAL_CONTACTS: Final = {
    "view": erp.Role.OTHER,
    "pay": erp.Role.BILLING,
    "administer": erp.Role.DECISION_MAKER,
}
"""Contacts of the customer whose things are asked for, by column. The column `other` is another customer's."""

DISPUTED: Final = next(one for one in our_examples() if isinstance(one, disputes.DisputeOpened))
VALUES: Final[Mapping[str, str]] = {
    "customer_id": str(CUSTOMER), "invoice_id": str(INVOICE), "token": NOBODY_S_TOKEN,
    "payment_id": str(PAYMENT), "dispute_id": str(DISPUTED.dispute_id),
}  # fmt: skip
"""Path parameters; others are what their schema lets them be."""

REQUESTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "POST /v1/sign-ins": {"json": {"email": "nobody@nowhere.example"}},
    "POST /v1/sessions": {"json": {"token": NOBODY_S_TOKEN}},
    "POST /v1/promises": {
        "json": {"items": [{"invoice_id": str(INVOICE), "amount": "1.00"}], "pay_on": "2026-04-30"}
    },
    "portal-api POST /v1/disputes": {
        "json": {
            "items": [{"invoice_id": str(INVOICE), "amount": "1.00"}],
            "reason": "price",
            "words": "too much",
        }
    },
    "portal-api POST /v1/disputes/{dispute_id}/papers": {"files": {"file": ("a.csv", b"a;b")}},
    "portal-api POST /v1/disputes/{dispute_id}/reopenings": {
        "json": {"words": "a second photograph", "papers": [str(UUID(int=7))]}
    },
    "POST /v1/payments": {
        "json": {
            "items": [{"invoice_id": str(INVOICE), "amount": "1.00"}],
            "return_url": "https://portal.example/",
        }
    },
    "POST /v1/mandates": {"json": {"text_hash": "0" * 64, "return_url": "https://portal.example/"}},
    "PUT /v1/autopay": {"json": {"limit": {"currency": "EUR", "amount": "1.00"}}},
    "POST /v1/plan-quotes": {
        "json": {"items": [{"invoice_id": str(INVOICE)}], "first_on": "2026-04-30", "parts": 3}
    },
    "POST /v1/plans": {"json": {"quote_id": str(UUID(int=7))}},
    "POST /v1/plans/{plan_id}/acceptances": {"json": {"text_hash": "0" * 64}},
    "POST /v1/plans/{plan_id}/extensions": {"json": {"days": 7}},
    "POST /v1/plan-approvals/{plan_id}/acceptances": {"json": {"text_hash": "0" * 64}},
    "POST /v1/plan-approvals/{plan_id}/declines": {"json": {"reason": "call us"}},
    "POST /sign-in": {"data": {"token": NOBODY_S_TOKEN}},
    "POST /v1/hardship-requests": {"json": {"words": "We wait for money ourselves."}},
    "POST /v1/call-requests": {"json": {"words": "Please call."}},
    "POST /v1/feedback": {"json": {"case_id": str(DISPUTED.dispute_id), "score": 5}},
    "POST /address-change": {"data": {"token": NOBODY_S_TOKEN}},
}
"""What is sent, where an empty object would be no answer's worth; with the service in front where others differ."""


@dataclass
class Doors:
    """One service, and how each column comes to its doors: headers, drawn anew for each request."""

    service: Service
    app: FastAPI
    columns: dict[str, Callable[[], Awaitable[dict[str, str]]]] = field(default_factory=dict)

    def http(self) -> httpx.AsyncClient:
        """Without cookies, and from one of our own pages."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, raise_app_exceptions=False),
            base_url="https://portal.example",
            headers={"Sec-Fetch-Site": "same-origin"},
        )

    def routes(self) -> dict[str, Mapping[str, Any]]:
        """`GET /v1/me` → its operation."""
        return {
            f"{method.upper()} {path}": operation
            for path, operations in sorted(self.app.openapi()["paths"].items())
            for method, operation in operations.items()
            if method in METHODS
        }


@pytest.fixture
async def doors_of(
    opened: Callable[..., Awaitable[Service]],
    serving: Callable[[str], Awaitable[tuple[Service, str]]],
    key_server: Any,
    sign_in: SignIn,
    peers: Mapping[str, Sequence[str]],
) -> Callable[[str], Awaitable[Doors]]:
    """`await doors_of("ledger")` → that service with everybody who may come; what the portal asks is there, too."""

    async def made(name: str) -> Doors:
        urls: dict[str, str] = {}
        for peer in peers.get(name, ()):
            asked, url = await serving(peer)
            await hear(asked, FACTS)
            urls[f"PORTAL_API_{peer.upper()}_URL"] = url
        service = await opened(name, **urls)
        doors = Doors(service, create_app(service))

        def staff(
            *roles: str, ago: timedelta = timedelta()
        ) -> Callable[[], Awaitable[dict[str, str]]]:
            return has({"Authorization": f"Bearer {key_server.token(*roles, ago=ago)}"})

        doors.columns = {"anonymous": has({}), "expired": staff(ago=LONG_AGO)}
        if name == "portal-api":
            await invite(doors, sign_in)
        else:
            doors.columns["customer"] = has({"Authorization": f"Bearer {NOBODY_S_TOKEN}"})
            doors.columns["portal"] = staff("portal")
        return with_staff(doors, staff)

    return made


def has(headers: dict[str, str]) -> Callable[[], Awaitable[dict[str, str]]]:
    async def same() -> dict[str, str]:
        return headers

    return same


def with_staff(
    doors: Doors, staff: Callable[..., Callable[[], Awaitable[dict[str, str]]]]
) -> Doors:
    """Staff who may only look, and staff who may do all."""
    doors.columns |= {"viewer": staff("viewer"), "staff": staff()}
    return doors


async def hear(service: Service, facts: Sequence[Any]) -> None:
    """As one slice of each topic that it hears."""
    for hearing in service.hearings:
        heard = [one for one in facts if one.TOPIC in hearing.topics]
        async with service.database.work(service.clock.now()) as work:
            await hearing.take(work, [record_of(*one) for one in enumerate(heard)])


async def invite(doors: Doors, sign_in: SignIn) -> None:
    """Two customers of the portal; the invoice and the payment that are asked for belong to the first."""
    await hear(doors.service, [*FACTS, DISPUTED])
    doors.columns["expired"] = session(doors, sign_in, "pay", ended=True)
    for column in (*PORTAL_CONTACTS, "other"):
        doors.columns[column] = session(doors, sign_in, column)


def customer(customer_id: UUID, contacts: Mapping[str, erp.Role]) -> ledger.CustomerChanged:
    return ledger.CustomerChanged(
        customer_id=customer_id, version=1, source=SOURCE, customer_number=str(customer_id), known=True, name="A",
        contacts=tuple(
            ledger.Contact(contact_id=name, name=name, role=role, email=f"{name}@muster.example")
            for name, role in contacts.items()
        ),
    )  # fmt: skip


FACTS: Final = (
    customer(CUSTOMER, PORTAL_CONTACTS),
    customer(OTHER_CUSTOMER, {"other": erp.Role.DECISION_MAKER}),
    next(one for one in our_examples() if isinstance(one, ledger.InvoiceOpened)),
    next(one for one in our_examples() if isinstance(one, ledger.PaymentReceived)),
)


def record_of(offset: int, fact: Any) -> Record:
    attributes = {"type": fact.TYPE, "id": str(fact.event_id)}
    data = fact.model_dump_json().encode()
    return Record(fact.TOPIC, 0, offset, str(fact.customer_id), attributes, data)


def session(
    doors: Doors, sign_in: SignIn, contact: str, *, ended: bool = False
) -> Callable[[], Awaitable[dict[str, str]]]:
    """A session of that contact; an ended one is older than any may become."""

    async def come() -> dict[str, str]:
        settings: Any = doors.service.settings
        clock, now = Path(settings.clock_file), doors.service.clock.now()
        if ended:
            FileClock.move(clock, now - LONG_AGO)
        token = await sign_in(doors.service, f"{contact}@muster.example")
        FileClock.move(clock, now)
        return {"Authorization": f"Bearer {token}"}

    return come


def written(service: str) -> dict[str, dict[str, str]]:
    """The table as it stands: route → column → status."""
    head, *rows = (TABLES / f"{service}.txt").read_text().splitlines()
    _, *columns = head.split()
    table = {}
    for row in rows:
        route, *statuses = re.split(r"\s{2,}", row.strip())
        table[route] = dict(zip(columns, statuses, strict=True))
    return table


def shown(table: Mapping[str, Mapping[str, str]]) -> str:
    """A table as its file has it."""
    columns = list(next(iter(table.values())))
    width = max(map(len, table)) + 2
    head = "route".ljust(width) + "  ".join(columns)
    rows = (
        route.ljust(width) + "  ".join(row[one].ljust(len(one)) for one in columns)
        for route, row in table.items()
    )
    return "\n".join([head, *map(str.rstrip, rows)]) + "\n"


async def answered(doors: Doors) -> dict[str, dict[str, str]]:
    """What everybody is answered at every route."""
    table: dict[str, dict[str, str]] = {}
    for route, operation in doors.routes().items():
        table[route] = {
            column: await status_of(doors, route, operation, await come())
            for column, come in doors.columns.items()
        }
    return table


async def status_of(
    doors: Doors, route: str, operation: Mapping[str, Any], headers: dict[str, str]
) -> str:
    method, _, path = route.partition(" ")
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", value_of(parameter))
    plain: Mapping[str, Any] = {"json": {}} if "requestBody" in operation else {}
    sent = REQUESTS.get(f"{doors.service.name} {route}") or REQUESTS.get(route, plain)
    async with doors.http() as http:
        answer = await http.request(method, path, headers=headers, **sent)
    return str(answer.status_code)


def value_of(parameter: Mapping[str, Any]) -> str:
    schema = parameter["schema"]
    if parameter["name"] in VALUES:
        return VALUES[parameter["name"]]
    if schema.get("format") == "uuid":
        return str(UUID(int=7))
    return "7" if schema.get("type") == "integer" else "x"


@pytest.mark.parametrize("service", SERVICES)
class TestMatrix:
    async def test_every_route_has_a_row_and_every_row_a_route(
        self, doors_of: Callable[[str], Awaitable[Doors]], service: str
    ) -> None:
        doors = await doors_of(service)

        assert set(written(service)) == set(doors.routes())

    async def test_everybody_is_answered_as_the_table_says(
        self, doors_of: Callable[[str], Awaitable[Doors]], service: str
    ) -> None:
        table = await answered(await doors_of(service))

        assert not [route for route, row in table.items() for one in row.values() if one >= "500"]
        assert table == written(service), shown(table)
