"""Clients generated from the portal's document, in Python and TypeScript, at the running portal: nothing by hand."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.contracts import erp, ledger
from shared.messaging.cloudevents import Record
from shared.testing.examples import CUSTOMER, SOURCE, our_examples
from shared.worker.description import Service

ROOT = Path(__file__).parents[2]
TYPESCRIPT = ROOT / ".local" / "cache" / "typescript" / "node_modules"
FRONTEND = Path(__file__).parent / "clients" / "promise.ts"
ERIKA = "erika@muster.example"
PAY_ON = "2026-04-30"
TOOK_TOO_LONG_SECONDS = 120

PYTHON_SETTINGS = """
post_hooks: []
content_type_overrides:
  application/pdf: application/octet-stream
  text/csv: application/octet-stream
"""
COMPILER = {
    "compilerOptions": {
        "target": "es2022", "lib": ["es2022", "dom"], "module": "nodenext", "strict": True,
        "noUncheckedIndexedAccess": True, "types": [], "skipLibCheck": True, "outDir": "out",
    },
    "files": ["promise.ts", "node.d.ts"],
}  # fmt: skip
NODE = "declare const process: { argv: string[]; exit(code: number): never };\n"

Serving = Callable[..., Awaitable[tuple[Service, str]]]
SignIn = Callable[[Service, str], Awaitable[str]]


@dataclass(frozen=True)
class Frontend:
    """What a team that builds one is given: an address, a document, and somebody's token."""

    address: str
    document: Path
    token: str


@pytest.fixture
async def frontend(serving: Serving, sign_in: SignIn, tmp_path: Path) -> Frontend:
    portal, address = await serving("portal-api")
    contact = ledger.Contact(contact_id="1", name="E", role=erp.Role.BILLING, email=ERIKA)
    facts = [
        ledger.CustomerChanged(
            customer_id=CUSTOMER, version=1, source=SOURCE, customer_number="K-1", known=True, name="Muster",
            contacts=(contact,),
        ),
        next(one for one in our_examples() if isinstance(one, ledger.InvoiceOpened)),
    ]  # fmt: skip
    async with portal.database.work(portal.clock.now()) as work:
        records = [
            Record(one.TOPIC, 0, offset, str(CUSTOMER), {"type": one.TYPE, "id": str(one.event_id)},
                   one.model_dump_json().encode())
            for offset, one in enumerate(facts)
        ]  # fmt: skip
        await portal.hearings[0].take(work, records)

    document = tmp_path / "portal.json"
    async with httpx.AsyncClient(trust_env=False) as http:
        document.write_bytes((await http.get(f"{address}/openapi.json")).content)
    return Frontend(address, document, await sign_in(portal, ERIKA))


async def run(*command: str | Path, folder: Path) -> str:
    """What it prints; it must end well."""
    process = await asyncio.create_subprocess_exec(
        *map(str, command), cwd=folder, env=os.environ | {"NO_PROXY": "127.0.0.1"},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(TOOK_TOO_LONG_SECONDS):
        printed, _ = await process.communicate()
    assert process.returncode == 0, printed.decode()
    return printed.decode()


class TestPython:
    async def test_lists_invoices_and_makes_a_promise(
        self, frontend: Frontend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings = tmp_path / "settings.yaml"
        settings.write_text(PYTHON_SETTINGS)
        generator = Path(sys.executable).with_name("openapi-python-client")
        printed = await run(
            generator, "generate", "--path", frontend.document, "--config", settings,
            "--meta", "none", "--output-path", tmp_path / "portal_client", "--fail-on-warning",
            folder=tmp_path,
        )  # fmt: skip
        assert "WARNING" not in printed

        monkeypatch.syspath_prepend(tmp_path)
        client_room, models = import_module("portal_client"), import_module("portal_client.models")
        listing = import_module("portal_client.api.invoices.list_invoices")
        promising = import_module("portal_client.api.promises.promise")
        client: Any = client_room.AuthenticatedClient(frontend.address, frontend.token)
        async with client:
            page = await listing.asyncio(client=client, state=models.InvoiceState.OPEN)
            item = models.PromisesItemGiven(invoice_id=page.items[0].invoice_id, amount="250.00")
            said = models.PromisesGiven.from_dict({"items": [item.to_dict()], "pay_on": PAY_ON})
            made = await promising.asyncio(client=client, body=said, idempotency_key="one")
            item.amount = "99999.00"
            said.items = [item]
            refused = await promising.asyncio(client=client, body=said)

        assert page.items[0].invoice_number == "2026-0815"
        assert (made.state, made.items[0].amount) == (models.PromiseState.OPEN, "250.00")
        assert (type(refused), refused.code) == (models.Problem, "more-promised-than-open")


@pytest.mark.skipif(
    not TYPESCRIPT.exists() or shutil.which("node") is None, reason="make tools fetches TypeScript"
)
class TestTypeScript:
    async def test_lists_invoices_and_makes_a_promise(
        self, frontend: Frontend, tmp_path: Path
    ) -> None:
        (tmp_path / "node_modules").symlink_to(TYPESCRIPT)
        (tmp_path / "package.json").write_text('{"type": "module"}')
        (tmp_path / "tsconfig.json").write_text(json.dumps(COMPILER))
        (tmp_path / "node.d.ts").write_text(NODE)

        shutil.copy(FRONTEND, tmp_path)
        tools = TYPESCRIPT / ".bin"

        await run(
            tools / "openapi-typescript", frontend.document, "-o", "portal.ts", folder=tmp_path
        )
        await run(tools / "tsc", "--project", "tsconfig.json", folder=tmp_path)
        printed = await run(
            "node", "out/promise.js", frontend.address, frontend.token, PAY_ON, folder=tmp_path
        )

        assert json.loads(printed) == {
            "number": "2026-0815",
            "state": "open",
            "amount": "250.00",
            "refused": "more-promised-than-open",
        }
