"""The newest revision of a folder is read without Alembic, and is what Alembic would say."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from shared.db import revisions
from shared.db.migrate import config_of

SERVICES = Path(__file__).parents[4] / "services"


@pytest.mark.parametrize("service", sorted(path.name for path in SERVICES.iterdir()))
def test_heads_are_what_alembic_says(service: str) -> None:
    folder = SERVICES / service / "migrations"

    expected = ScriptDirectory.from_config(config_of("", folder)).get_heads()

    assert revisions.heads(folder) == frozenset(expected)
    assert expected


def test_a_service_starts_without_alembic() -> None:
    code = "import ledger.main, sys; sys.exit('alembic' in sys.modules or 'mako' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=110).returncode == 0
