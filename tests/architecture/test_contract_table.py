"""The table of the ERP contract is whole: every field of every model, and only tests that exist."""

import re
from pathlib import Path

from shared.contracts import erp
from shared.contracts.event import Part

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "erp-contract.md"
_ROW = re.compile(r"^\| `(\w+)` \| (.+) \|$", re.MULTILINE)
_TEST = re.compile(r"`(test_\w+\.py)::(test_\w+)`")


def sections() -> dict[str, dict[str, str]]:
    """Rows by heading, and by field."""
    _, *parts = re.split(r"^## `(.+)`$", TABLE.read_text(), flags=re.MULTILINE)
    return {
        name: dict(_ROW.findall(rows)) for name, rows in zip(parts[::2], parts[1::2], strict=True)
    }


def models() -> dict[str, set[str]]:
    """Fields by type of event, or by name of the part of one."""
    found = [
        one
        for one in vars(erp).values()
        if isinstance(one, type) and issubclass(one, Part) and one.model_fields
    ]
    return {
        getattr(one, "TYPE", one.__name__): set(one.model_fields)
        for one in found
        if one.__module__ == erp.__name__
    }


def written() -> set[tuple[str, str]]:
    return {
        (path.name, name)
        for folder in ("services", "shared", "tests")
        for path in (ROOT / folder).glob("**/test_*.py")
        for name in re.findall(r"def (test_\w+)\(", path.read_text())
    }


def test_every_field_of_the_contract_has_a_row() -> None:
    assert {name: set(rows) for name, rows in sections().items()} == models()


def test_every_test_that_the_table_names_exists() -> None:
    there = written()
    for name, rows in sections().items():
        for field, shown in rows.items():
            named = _TEST.findall(shown)
            assert named, f"nothing shows {name} {field}"
            assert set(named) <= there, f"{name} {field}: {set(named) - there}"
