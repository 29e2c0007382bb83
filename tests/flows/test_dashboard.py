"""The dashboard and the alerts, asked of a real Prometheus that scrapes a real stack: no panel stays empty."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from local_stack.addresses import free_port
from shared.testing import builders
from shared.testing.builders import Voice

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(not shutil.which("prometheus"), reason="make tools installs prometheus"),
]
erp = Voice()

OBSERVABILITY = Path(__file__).parents[2] / "deploy" / "observability"
PROGRAMS = ("ledger", "scheduler", "notifier", "disputes", "portal_api")
SECONDS_MAX = 120


@asynccontextmanager
async def prometheus(stack: Any, folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A server with the deployed rules, scraping this stack every second."""
    config = yaml.safe_load((OBSERVABILITY / "prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config["rule_files"] = [str(OBSERVABILITY / name) for name in config["rule_files"]]
    targets = [stack.at[name].removeprefix("http://") for name in PROGRAMS]
    config["scrape_configs"][0]["static_configs"] = [{"targets": targets}]
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    port = free_port()
    with (folder / "prometheus.log").open("wb") as log:
        server = await asyncio.create_subprocess_exec(
            "prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
            f"--web.listen-address=127.0.0.1:{port}", stdout=log, stderr=log,
        )  # fmt: skip
    try:
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}/api/v1", trust_env=False, timeout=20
        ) as asking:
            yield asking
    finally:
        server.terminate()
        await server.wait()


async def series(asking: httpx.AsyncClient, query: str) -> int:
    """How many series the query finds now; raises when it is no query."""
    answer = await asking.get("/query", params={"query": query})
    found = answer.json()
    assert found["status"] == "success", f"{query}: {found}"
    return len(found["data"]["result"])


async def some_business(stack: Any) -> None:
    """Somebody is reminded, somebody has paid just in time, and a record is refused."""
    await stack.tell(erp.utters("erp.invoices.v1", "erp.invoice.posted.v1", b"{"))
    await overdue(stack, "D-LATE")
    await stack.advance_to_contact()
    await stack.sending("off")
    await overdue(stack, "D-PAID")
    await stack.advance_to_contact()
    today = (await stack.now()).date()
    await stack.tell(erp.says(builders.payment("P-D", "D-PAID", "100.00", on=today, to="I-D-PAID")))
    await stack.sending("live")


async def overdue(stack: Any, number: str) -> None:
    due = (await stack.now()).date() - timedelta(days=10)
    await stack.tell(
        erp.says(builders.customer(number)),
        erp.says(builders.invoice(f"I-{number}", number, "100.00", due=due)),
    )


class TestDashboard:
    async def test_every_panel_shows_what_was_scraped(self, stack: Any, tmp_path: Path) -> None:
        board = json.loads((OBSERVABILITY / "grafana" / "dunwell.json").read_text())
        asked = {
            panel["title"]: target["expr"]
            for panel in board["panels"]
            for target in panel.get("targets", ())
        }
        async with prometheus(stack, tmp_path) as asking:
            await some_business(stack)

            empty = await self._empty(asking, asked)
            rules = (await asking.get("/rules")).json()["data"]["groups"][0]["rules"]
            parked = await asking.get(
                "/query", params={"query": 'dunwell_parked_events{service="ledger"}'}
            )

        assert len(asked) > 20
        assert empty == []
        assert {(one["name"], one["health"]) for one in rules if one["health"] != "ok"} == set()
        (ledger,) = parked.json()["data"]["result"]
        assert int(ledger["value"][1]) >= 1

    async def _empty(self, asking: httpx.AsyncClient, asked: dict[str, str]) -> list[str]:
        """Panels without a series; scrapes and rates take a while to begin."""
        empty = list(asked)
        for _ in range(SECONDS_MAX):
            with suppress(httpx.TransportError):
                empty = [title for title in empty if not await series(asking, asked[title])]
            if not empty:
                break
            await asyncio.sleep(1)
        return empty
