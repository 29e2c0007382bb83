"""Rails of segments: what differs lies over the rest, is checked whole, and no rule is missing that leads there."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portal_api.domain.segment import NO_TRAITS, Traits
from portal_api.gateways.plan_files import load_plan_rails
from portal_api.gateways.promise_rails_file import RailsFileUnreadable, load_promise_rails

POLICIES = Path(__file__).parents[3] / "policies"
FILES = {
    "promises.yaml": load_promise_rails,
    "plans.yaml": lambda *given: load_plan_rails(*given)[0],
}
GLOVE = Traits("business", 100_000_00, "EUR")


@pytest.fixture(params=sorted(FILES))
def changed(request: Any, tmp_path: Path) -> Callable[[str, str], Any]:
    """Loads our file with one place changed."""
    (tmp_path / "plan-texts").symlink_to(POLICIES / "plan-texts")

    def load(said: str, instead: str) -> Any:
        text = (POLICIES / request.param).read_text(encoding="utf-8")
        assert said in text
        copied = tmp_path / request.param
        copied.write_text(text.replace(said, instead, 1), encoding="utf-8")
        return FILES[request.param](copied, None)

    return load


class TestOurs:
    @pytest.mark.parametrize(
        ("traits", "days"),
        [
            (GLOVE, 45),
            (Traits("public", 85_000_00, "GBP"), 45),
            (NO_TRAITS, 30),
            (Traits("consumer", 900_000_00, "EUR"), 30),
            (Traits("business", 99_999_99, "EUR"), 30),
            (Traits("business", 900_000_00, "JPY"), 30),
            (Traits("business"), 30),
        ],
    )
    def test_give_whoever_has_a_high_limit_more_time_to_promise(
        self, traits: Traits, days: int
    ) -> None:
        assert (
            load_promise_rails(POLICIES / "promises.yaml", None).of(traits).days_ahead_max == days
        )

    def test_differ_in_what_is_said_alone(self) -> None:
        rails, _ = load_plan_rails(POLICIES / "plans.yaml", None)
        glove, standard = rails.of(GLOVE), rails.of(NO_TRAITS)

        assert (glove.parts_max, standard.parts_max) == (18, 12)
        assert (glove.deposit_per_cent, standard.deposit_per_cent) == (0, 10)
        assert glove.part_min == standard.part_min
        assert glove.needs_approval(1_000_000, "EUR") != standard.needs_approval(1_000_000, "EUR")


class TestFile:
    def test_is_refused_where_no_rule_leads_to_a_segment(self, changed: Any) -> None:
        with pytest.raises(RailsFileUnreadable, match="no rule leads to white-gloves"):
            changed("  white-glove:", "  white-gloves:")

    def test_is_refused_where_a_segment_says_what_there_is_not(self, changed: Any) -> None:
        with pytest.raises(RailsFileUnreadable, match="graces_days"):
            changed("by_segment:", "by_segment:\n  standard: {graces_days: 3}")

    def test_is_refused_where_what_a_segment_says_is_out_of_bounds(self, changed: Any) -> None:
        with pytest.raises(RailsFileUnreadable, match="open_per_customer_max"):
            changed("by_segment:", "by_segment:\n  standard: {open_per_customer_max: 0}")

    def test_is_refused_where_a_limit_is_in_no_currency(self, changed: Any) -> None:
        with pytest.raises(RailsFileUnreadable, match="ABC"):
            changed('{EUR: "100000"', '{ABC: "100000"')

    @pytest.mark.parametrize("name", sorted(FILES))
    def test_may_say_nothing_of_segments(self, tmp_path: Path, name: str) -> None:
        (tmp_path / "plan-texts").symlink_to(POLICIES / "plan-texts")
        ours = (POLICIES / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(ours.partition("segments:")[0], encoding="utf-8")

        rails = FILES[name](tmp_path / name, None)
        assert rails.of(GLOVE) is rails.standard
