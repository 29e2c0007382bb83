"""The file of promise rails is read whole, or refused with what is wrong."""

from pathlib import Path

import pytest

from portal_api.gateways.promise_rails_file import RailsFileUnreadable, load_promise_rails
from shared.contracts.company import load_company

ROOT = Path(__file__).parents[5]
FILE = ROOT / "services/portal-api/policies/promises.yaml"
COMPANY = ROOT / "deploy/company/example.yaml"


def test_ours_is_read_with_every_legal_entity_s_zone() -> None:
    company = load_company(COMPANY)
    rails = load_promise_rails(FILE, company).standard

    assert (rails.days_ahead_max, rails.grace_days, rails.open_per_customer_max) == (30, 3, 5)
    assert {one.code: rails.zone(one.code) for one in company.legal_entities} == {
        one.code: one.time_zone for one in company.legal_entities
    }


def test_without_a_company_it_is_utc() -> None:
    assert load_promise_rails(FILE, None).standard.zone("DE01") == "UTC"


@pytest.mark.parametrize(
    ("said", "meant", "names"),
    [
        ("grace_days: 3", "", "grace_days"),
        ("grace_days: 3", "grace_days: -1", "grace_days"),
        ("grace_days: 3", "grace_days: soon", "grace_days"),
        ("grace_days: 3", "grace_days: 3\nmercy: 1", "mercy"),
        ("broken_max: 2", "broken_max: 0", "broken_max"),
        ("version: 4", "version: [", "flow"),
    ],
)
def test_another_is_refused_and_says_where(
    tmp_path: Path, said: str, meant: str, names: str
) -> None:
    wrong = tmp_path / "promises.yaml"
    wrong.write_text(FILE.read_text().replace(said, meant))

    with pytest.raises(RailsFileUnreadable, match=names):
        load_promise_rails(wrong, None)


def test_a_missing_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RailsFileUnreadable, match=r"none\.yaml"):
        load_promise_rails(tmp_path / "none.yaml", None)
