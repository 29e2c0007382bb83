"""All five OpenAPI documents against the running services: no 5xx, nothing that the document does not say."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from shared.testing.examples import CREDIT_NOTE, CUSTOMER, INVOICE, PAYMENT, SOURCE
from shared.testing.fuzz import EXAMPLES

pytestmark = [pytest.mark.fuzz, pytest.mark.timeout(3_600)]

SERVICES = ("disputes", "ledger", "notifier", "portal-api", "scheduler")
KNOWN = {
    "customer_id": str(CUSTOMER),
    "invoice_id": str(INVOICE),
    "payment_id": str(PAYMENT),
    "credit_note_id": str(CREDIT_NOTE),
    "source": SOURCE,
}
"""Parameters under which the story of the catalogue is found; without them nearly every answer is 404."""

CHECKS = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance"),
    *("response_headers_conformance", "response_schema_conformance", "unsupported_method"),
    *("missing_required_header", "ignored_auth"),
)


class TestOpenApi:
    @pytest.mark.parametrize("service", SERVICES)
    async def test_the_service_does_what_its_document_says(
        self, door_of: Callable[[str], Awaitable[Any]], tmp_path: Path, service: str
    ) -> None:
        door = await door_of(service)

        codes = []
        for token in door.tokens:
            for parameters in ({}, KNOWN):
                code, report = await try_everything(door.url, token, tmp_path, parameters)
                print(report)  # noqa: T201 - `make fuzz` shows the counts
                codes.append(code)

        assert set(codes) == {0}


async def try_everything(
    url: str, token: str, folder: Path, parameters: dict[str, str]
) -> tuple[int, str]:
    """Run schemathesis with these parameters as they are and all else drawn: its exit code and its report. Sessions are
    not signed out: what comes after would find the door shut."""
    config = folder / "schemathesis.toml"
    lines = [f'{name} = "{value}"' for name, value in parameters.items()]
    config.write_text("\n".join(["[parameters]", *lines]) + "\n")
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(config), "--no-color",
        "run", f"{url}/openapi.json",
        "--header", f"Authorization: Bearer {token}", "--exclude-method", "DELETE",
        "--checks", ",".join(CHECKS), "--max-examples", str(EXAMPLES), "--seed", str(EXAMPLES),
        "--suppress-health-check", "all", "--continue-on-failure", "--warnings", "off", "--no-shrink",
        cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        env=os.environ | {"NO_PROXY": "127.0.0.1"},
    )  # fmt: skip
    report, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, report.decode()
