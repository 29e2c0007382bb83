"""The second lock: whatever a door forgets to ask, the database gives a customer no others' rows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
import pytest

from portal_api.gateways import (
    charges,
    coming,
    contacts,
    credit_desk,
    disputes,
    invoices,
    mandates,
    messages,
    own_credits,
    payments,
    plans,
    standing,
    statements,
)
from portal_api.gateways import promises as promised
from portal_api.gateways.own_rows import ROLE, own_answer, own_rows
from shared.base.ids import object_id
from shared.testing.examples import CUSTOMER, SOURCE

OTHER_CUSTOMER = object_id(SOURCE, "customer", "K-20000")
OTHER_INVOICE = object_id(SOURCE, "invoice", "RE-9")
OTHER_DISPUTE = object_id(SOURCE, "dispute", "9")
OTHER_PAYMENT = object_id(SOURCE, "payment", "ZE-9")
CONFINED = (
    "autopay",
    "charges",
    "contacts",
    "credits",
    "customers",
    "dispute_words",
    "disputes",
    "invoices",
    "mandates",
    "messages",
    "plan_quotes",
    "plans",
    "promises",
    "provider_payments",
)
FORGETTABLE = (
    *((invoices, name) for name in ("_PAGE", "_ONE")),
    *((own_credits, name) for name in ("_PAYMENTS", "_CREDITS", "_ONE", "_INVOICES")),
    (messages, "_PAGE"),
    (payments, "_OWN"),
    *((disputes, name) for name in ("_PAGE", "_ONE", "_STANDING", "_WORDS")),
    *((promised, name) for name in ("_PAGE", "_ONE")),
    *((plans, name) for name in ("_PAGE", "_ONE")),
    *((mandates, name) for name in ("_NEWEST", "_AUTOPAY")),
    *((charges, name) for name in ("_PAGE", "_ONE")),
    *((statements, name) for name in ("_INVOICES", "_CREDITS")),
    *((standing, name) for name in ("_PROMISES", "_PLANS", "_SUMS", "_BOOKED")),
    *((coming, name) for name in ("_PAID", "_BOOKED")),
    *((credit_desk, name) for name in ("_INVOICES", "_CREDIT")),
    (contacts, "_PAGE"),
)
"""Every question that a door asks for a customer."""
PROBE = "portal_probe_owner"

_TABLES = """
SELECT relname, relrowsecurity AND relforcerowsecurity AS is_locked,
    has_table_privilege($1, oid, 'SELECT') AS may_read,
    has_table_privilege($1, oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER') AS may_write
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
"""
_VIEWS = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm', 'f')
    AND NOT coalesce('security_invoker=true' = ANY(reloptions), false)
"""
_DEFINERS = "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
_PROMISE = """
INSERT INTO promises VALUES (gen_random_uuid(), $1, 0, 'DE01', 'EUR', '[]', '2026-04-30', 3, 'open', 1, now(), NULL)
"""
_PAYMENT = """
INSERT INTO provider_payments VALUES ($1, $1, '', 'DE01', 'EUR', '[]', 'https://p.example', now(), 'open', 1)
"""
_PLAN = """
INSERT INTO plans VALUES (gen_random_uuid(), $1, '{"legal_entity": "DE01", "currency": "EUR", "grace_days": 5,
    "extension_days_max": 31, "needs_approval": false, "text_version": 1, "language": "en", "text": "", "text_hash": ""
}', '[]', '[]', '[]', now(), now(), 0, '', 'proposed', 1, NULL)
"""
_WORDS = "INSERT INTO dispute_words VALUES ($2, 9, $1, now(), 'staff', 'For ' || $1::uuid)"
_QUOTE = """
INSERT INTO plan_quotes VALUES (gen_random_uuid(), $1, '{}', '[]', '[]', now(), now())
"""
_MANDATE = """
INSERT INTO mandates VALUES ($1, $1, '', 'DE01', '{"text_version": 1, "language": "en", "text_hash": "", "by": "1",
    "at": "2026-04-20T07:00:00+00:00", "network": ""}', '', now(), 'active', 2)
"""
_AUTOPAY = "INSERT INTO autopay VALUES ($1, 'EUR', 1, 1, '1', now())"
_CHARGE = """
INSERT INTO charges VALUES ($1, $1, 'DE01', 'EUR', '[{"invoice_id": "00000000-0000-0000-0000-000000000001",
    "invoice_number": "1", "minor": 1, "numbers": [1]}]', '2026-04-30', $1, now(),
    '{"kind": "card", "brand": "visa", "last4": "4242", "expires": ""}', 'announced', 1, 0)
"""


@pytest.fixture(autouse=True)
async def answers(portal: Any) -> None:
    """One of each customer."""
    async with portal.service.database.work(portal.service.clock.now()) as work:
        for one in (CUSTOMER, OTHER_CUSTOMER):
            for statement in (_PROMISE, _PAYMENT, _PLAN, _QUOTE, _MANDATE, _AUTOPAY, _CHARGE):
                await work.connection.execute(statement, one)
            await work.connection.execute(_WORDS, one, one)


class TakenBack(Exception):
    """Nothing that a probe does stays."""


@asynccontextmanager
async def as_owner(portal: Any) -> AsyncIterator[asyncpg.Connection]:
    """A transaction of the service's own user, taken back at the end."""
    with suppress(TakenBack):
        async with portal.service.database.work(portal.service.clock.now()) as work:
            yield work.connection
            raise TakenBack


class TestCustomer:
    @pytest.mark.parametrize("table", CONFINED)
    async def test_sees_nobody_else_s_rows_though_nobody_asked_whose(
        self, portal: Any, table: str
    ) -> None:
        async with own_rows(portal.service.database, CUSTOMER) as connection:
            rows = await connection.fetch(f"SELECT customer_id FROM {table}")

        assert {row["customer_id"] for row in rows} == {CUSTOMER}

    async def test_is_told_anew_at_each_question_on_a_connection_that_is_kept(
        self, portal: Any
    ) -> None:
        seen = []
        for customer_id in (CUSTOMER, OTHER_CUSTOMER, CUSTOMER):
            async with own_answer(portal.service.database, customer_id) as connection:
                backend = await connection.fetchval("SELECT pg_backend_pid()")
                rows = await connection.fetch("SELECT customer_id, current_user FROM invoices")
                seen.append((backend, {tuple(row) for row in rows}))

        assert len({backend for backend, _ in seen}) == 1
        assert [rows for _, rows in seen] == [
            {(CUSTOMER, ROLE)},
            {(OTHER_CUSTOMER, ROLE)},
            {(CUSTOMER, ROLE)},
        ]

    async def test_has_no_connection_that_anybody_else_is_given(self, portal: Any) -> None:
        async with own_answer(portal.service.database, CUSTOMER) as connection:
            mine = await connection.fetchval("SELECT pg_backend_pid()")
            with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
                await connection.execute("CREATE TEMPORARY TABLE mine (id int)")

        async with portal.service.database.look() as one, portal.service.database.look() as two:
            others = {await each.fetchval("SELECT pg_backend_pid()") for each in (one, two)}

        assert mine not in others

    @pytest.mark.parametrize("nobody", ["", None])
    @pytest.mark.parametrize("table", CONFINED)
    async def test_that_is_nobody_sees_nothing(
        self, portal: Any, nobody: str | None, table: str
    ) -> None:
        async with portal.service.database.look() as connection:
            await connection.execute("SELECT set_config('role', $1, true)", ROLE)
            if nobody is not None:
                await connection.execute("SELECT set_config('app.customer_id', '', true)")

            assert await connection.fetch(f"SELECT * FROM {table}") == []

    async def test_ends_with_the_transaction_on_a_connection_that_is_kept(
        self, portal: Any
    ) -> None:
        async with own_rows(portal.service.database, CUSTOMER) as connection:
            backend = await connection.fetchval("SELECT pg_backend_pid()")

        async with portal.service.database.look() as connection:
            assert await connection.fetchval("SELECT pg_backend_pid()") == backend
            assert await connection.fetchval("SELECT current_user") != ROLE
            assert (
                await connection.fetchval("SELECT current_setting('app.customer_id', true)") == ""
            )
            await connection.execute("SELECT set_config('role', $1, true)", ROLE)
            assert await connection.fetch("SELECT * FROM invoices") == []

    async def test_may_read_what_is_locked_and_write_nothing(self, portal: Any) -> None:
        tables = await portal.rows(_TABLES, ROLE)

        assert {row["relname"] for row in tables if row["may_read"]} == set(CONFINED)
        assert all(row["is_locked"] for row in tables if row["may_read"])
        assert [row["relname"] for row in tables if row["may_write"]] == []

    async def test_is_an_ordinary_role_that_nobody_signs_in_as(self, portal: Any) -> None:
        (role,) = await portal.rows("SELECT * FROM pg_roles WHERE rolname = $1", ROLE)

        assert not [one for one in ("rolsuper", "rolbypassrls", "rolcanlogin") if role[one]]

    @pytest.mark.parametrize(
        "statement",
        [
            "TRUNCATE invoices",
            "DELETE FROM invoices",
            "UPDATE invoices SET open_minor = 0",
            "UPDATE contacts SET roles = may",
            "SELECT * FROM paid",
            "SELECT * FROM silences",
            "UPDATE mandates SET state = 'active'",
            "UPDATE promises SET state = 'kept'",
            "SELECT * FROM sessions",
            "SELECT * FROM sign_ins",
            "SELECT * FROM outbox",
        ],
    )
    async def test_is_refused_all_else(self, portal: Any, statement: str) -> None:
        async with as_owner(portal) as connection:
            await connection.execute("SELECT set_config('role', $1, true)", ROLE)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)

    async def test_learns_nothing_from_a_key_that_is_taken(self, portal: Any) -> None:
        """A unique key would say `duplicate` of a row that the policy hides."""
        async with as_owner(portal) as connection:
            await connection.execute("SELECT set_config('role', $1, true)", ROLE)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(
                    "INSERT INTO customers VALUES ($1, 1, '', '', '', '')", OTHER_CUSTOMER
                )


class TestWaysAround:
    @pytest.mark.parametrize("table", CONFINED)
    async def test_the_owner_is_held_to_the_policies_too(self, portal: Any, table: str) -> None:
        """The tests' own user is a superuser, whom no policy holds: so the table is given to an ordinary one."""
        async with as_owner(portal) as connection:
            await connection.execute(f"CREATE ROLE {PROBE} NOLOGIN")
            await connection.execute(f"GRANT ALL ON SCHEMA public TO {PROBE}")
            await connection.execute(f"ALTER TABLE {table} OWNER TO {PROBE}")
            await connection.execute(f"SET LOCAL ROLE {PROBE}")

            assert await connection.fetch(f"SELECT * FROM {table}") == []

    async def test_there_is_no_view_with_its_owner_s_eyes(self, portal: Any) -> None:
        assert await portal.rows(_VIEWS) == []

        async with as_owner(portal) as connection:
            await connection.execute("CREATE VIEW all_invoices AS SELECT * FROM invoices")
            await connection.execute(f"GRANT SELECT ON all_invoices TO {ROLE}")
            assert [row["relname"] for row in await connection.fetch(_VIEWS)] == ["all_invoices"]
            await connection.execute(f"SET LOCAL ROLE {ROLE}")
            assert len(await connection.fetch("SELECT * FROM all_invoices")) == 2, "it would leak"

    async def test_there_is_no_function_with_its_owner_s_rights(self, portal: Any) -> None:
        assert await portal.rows(_DEFINERS) == []


class TestDoors:
    async def test_answer_nothing_of_others_when_they_forget_whose(
        self, portal: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for gateway, name in FORGETTABLE:
            said = getattr(gateway, name)
            forgot = said.replace("customer_id = $1", "$1::uuid IS NOT NULL")
            assert forgot != said
            monkeypatch.setattr(gateway, name, forgot)
        browser = portal.browser()
        await portal.sign_in(browser)

        listed = (await browser.get("/v1/invoices")).json()["items"]

        assert [one["invoice_number"] for one in listed] == ["2026-0815"]
        assert (await browser.get(f"/v1/invoices/{OTHER_INVOICE}")).status_code == 404
        assert (await browser.get(f"/v1/payments/{OTHER_PAYMENT}")).status_code == 404
        assert (await browser.get(f"/v1/disputes/{OTHER_DISPUTE}")).status_code == 404
        assert (await browser.get(f"/v1/payments/{CUSTOMER}/state")).status_code == 200
        assert (await browser.get(f"/v1/payments/{OTHER_CUSTOMER}/state")).status_code == 404
        assert (await browser.get("/v1/mandate")).json()["mandate_id"] == str(CUSTOMER)
        assert (await browser.get(f"/v1/charges/{OTHER_CUSTOMER}")).status_code == 404
        for path in (
            "/v1/charges",
            "/v1/payments",
            "/v1/credits",
            "/v1/messages",
            "/v1/disputes",
            "/v1/promises",
            "/v1/plans",
        ):
            assert len((await browser.get(path)).json()["items"]) == 1
        (account,) = (await browser.get("/v1/statement")).json()["accounts"]
        assert len(account["lines"]) == 2
        (contact,) = (await browser.get("/v1/contacts")).json()["items"]
        assert contact["email"] == "erika@muster.example"
        theirs = {"credit_id": str(OTHER_PAYMENT)} | {
            "items": [{"invoice_id": str(OTHER_INVOICE), "amount": "1.00"}]
        }
        applied = await browser.post("/v1/credit-applications", json=theirs)
        assert applied.json()["code"] == "credit-unknown"
        home = (await browser.get("/")).text
        assert "1.200,00" in home
        assert not [one for one in (OTHER_INVOICE, OTHER_DISPUTE) if str(one) in home]
