"""The files of plans are read whole, or refused with what is wrong; both languages say the same."""

import shutil
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from portal_api.domain.agreement import Facts
from portal_api.domain.owed import Item
from portal_api.domain.quote import instalments_of
from portal_api.gateways.plan_files import load_plan_rails
from portal_api.gateways.promise_rails_file import RailsFileUnreadable
from shared.contracts.company import load_company

ROOT = Path(__file__).parents[5]
FILE = ROOT / "services/portal-api/policies/plans.yaml"
COMPANY = ROOT / "deploy/company/example.yaml"
FACTS = Facts(
    *("Acme GmbH", "K-1", "EUR", [Item(UUID(int=1), "RE-1", 10_000)]),
    instalments_of(10_000, first_on=date(2026, 1, 31), parts=3, deposit_per_cent=0),
    *(5, 31),
)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The file and its words, to be changed."""
    shutil.copytree(FILE.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / "plans.yaml"


def test_ours_are_read_with_every_legal_entity_s_zone() -> None:
    company = load_company(COMPANY)
    by_segment, agreement = load_plan_rails(FILE, company)
    rails = by_segment.standard

    assert (rails.grace_days, rails.parts_max, rails.part_min["EUR"]) == (5, 12, 2_500)
    assert rails.needs_approval(500_001, "EUR")
    assert not rails.needs_approval(500_000, "EUR")
    assert {rails.zone(one.code) for one in company.legal_entities} == {
        one.time_zone for one in company.legal_entities
    }
    assert set(agreement.templates) == {"en", "de"}


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("de", ["K-1", "2. 28.02.2026: 33,33 EUR", "Zusammen: 100,00 EUR", "binnen 5 Tagen"]),
        ("en", ["K-1", "2. 2026-02-28: 33.33 EUR", "Together: 100.00 EUR", "within 5 days"]),
        ("fr", ["K-1", "2. 2026-02-28: 33.33 EUR"]),
    ],
)
def test_the_words_name_every_part(language: str, says: list[str]) -> None:
    _, agreement = load_plan_rails(FILE, None)
    words = agreement.words(FACTS, language)

    assert [one for one in says if one not in words.text] == []
    assert "$" not in words.text
    assert words == agreement.words(FACTS, language)


@pytest.mark.parametrize(
    ("said", "meant", "names"),
    [
        ("grace_days: 5", "grace_days: 28", "grace_days"),
        ("grace_days: 5", "", "grace_days"),
        ("parts_max: 12", "parts_max: 1", "parts_max"),
        ("deposit_per_cent: 10", "deposit_per_cent: 100", "deposit_per_cent"),
        ('part_min: {EUR: "25.00"', 'part_min: {EUR: "25.001"', "decimals"),
        ('part_min: {EUR: "25.00"', 'part_min: {XXX: "25.00"', "XXX"),
        ('part_min: {EUR: "25.00", ', "part_min: {", "other currencies"),
        ("text_version: 1", "text_version: 2", r"2\.en\.txt"),
        ("version: 1\n", "version: 1\nmercy: 1\n", "mercy"),
    ],
)
def test_another_is_refused_and_says_where(copied: Path, said: str, meant: str, names: str) -> None:
    text = copied.read_text()
    assert said in text
    copied.write_text(text.replace(said, meant, 1))

    with pytest.raises(RailsFileUnreadable, match=names):
        load_plan_rails(copied, None)


@pytest.mark.parametrize("meant", ["", "$total and $tip", "$"])
def test_words_that_leave_something_out_are_refused(copied: Path, meant: str) -> None:
    words = copied.parent / "plan-texts/1.de.txt"
    words.write_text(words.read_text().replace("$total", meant))

    with pytest.raises(RailsFileUnreadable, match=r"1\.de\.txt"):
        load_plan_rails(copied, None)
