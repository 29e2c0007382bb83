"""Policies and their files: what is refused, by name."""

from copy import deepcopy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from scheduler.gateways.policy_files import load_rulebook
from shared.base.errors import Refusal
from shared.contracts.company import Company

FOLDER = Path(__file__).parents[3] / "policies"
NO_COMPANY = Company(legal_entities=(), sources=())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in FOLDER.glob("*.yaml"):
        (tmp_path / path.name).write_text(path.read_text())
    return tmp_path


def change(path: Path, *where: Any, to: Any) -> None:
    content = yaml.safe_load(path.read_text())
    part = content
    for name in where[:-1]:
        part = part[name]
    part[where[-1]] = to
    path.write_text(yaml.safe_dump(content))


class TestTheShippedPolicies:
    def test_serve_three_segments_and_end_below_a_final_notice(self) -> None:
        rulebook = load_rulebook(FOLDER, NO_COMPANY)

        assert set(rulebook.policies) == {"white-glove", "standard", "high-touch"}
        for policy in rulebook.policies.values():
            assert policy.steps[0].number == 0
            assert policy.steps[-1].tone in {"firm", "urgent"}


class TestAWrongFile:
    @pytest.mark.parametrize(
        ("where", "to", "code"),
        [
            (("steps", 1, "day"), "three", "policy-file-unreadable"),
            (("steps", 1, "tone"), "final-notice", "policy-file-unreadable"),
            (("colour",), "red", "policy-file-unreadable"),
            (("version",), "1", "policy-file-unreadable"),
            (("steps", 2, "day"), 2, "policy-days-not-rising"),
            (("steps", 2, "day"), 10, "policy-steps-closer-than-gap"),
            (("steps", 3, "tone"), "urgent", "policy-tone-jumps"),
            (("steps", 5, "tone"), "friendly", "policy-tone-falls"),
            (("steps", 0, "tone"), "friendly", "policy-courtesy-after-due"),
            (("steps", 0, "day"), 1, "policy-courtesy-after-due"),
            (("steps", 1, "channels"), [], "policy-channels-missing"),
            (("hours", "opens"), "08:00", "policy-hours-wrong"),
            (("hours", "closes"), "21:00", "policy-hours-wrong"),
            (("budget", "contact_days_in_7_max"), 4, "policy-budget-wrong"),
            (("budget", "gap_days_later"), 0, "policy-budget-wrong"),
            (("escalations", "collections_manager_day"), 35, "policy-escalations-wrong"),
            (("minimum", "EUR"), "5.001", "amount-too-precise"),
            (("minimum", "XXX"), "5", "currency-unknown"),
            (("segment",), "high-touch", "policy-twice"),
            (("segment",), "other", "segment-without-policy"),
        ],
    )
    def test_is_refused_by_name_and_says_which_file(
        self, folder: Path, where: tuple[Any, ...], to: Any, code: str
    ) -> None:
        change(folder / "standard.yaml", *where, to=to)

        with pytest.raises(Refusal) as refused:
            load_rulebook(folder, NO_COMPANY)

        assert refused.value.code == code
        assert ".yaml" in refused.value.message

    def test_that_is_not_yaml_is_refused(self, folder: Path) -> None:
        (folder / "standard.yaml").write_text("steps: [")

        with pytest.raises(Refusal) as refused:
            load_rulebook(folder, NO_COMPANY)

        assert refused.value.code == "policy-file-unreadable"


class TestOwnStep:
    def test_follows_from_days_overdue(self, make: SimpleNamespace) -> None:
        policy = make.rulebook.policies["standard"]

        numbers = [
            step and step.number
            for step in map(policy.own_step, (-6, -5, 0, 1, 2, 3, 17, 18, 63, 900))
        ]

        assert numbers == [None, 0, 0, None, None, 1, 1, 2, 5, 5]

    def test_a_copy_cannot_be_changed(self, make: SimpleNamespace) -> None:
        policy = make.rulebook.policies["standard"]

        assert deepcopy(policy) == policy
        with pytest.raises(AttributeError):
            policy.name = "other"
