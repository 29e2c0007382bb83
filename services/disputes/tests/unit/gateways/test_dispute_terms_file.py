"""Terms by reason and segment: what is said most specially goes first, and nonsense is refused by name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml

from disputes.domain.customer import Customer
from disputes.domain.dispute import Reason
from disputes.domain.terms import Rulebook
from disputes.gateways.policy_file import TermsFileUnreadable, load_rulebook
from shared.contracts.company import load_company

REPOSITORY = Path(__file__).parents[5]
OWN = REPOSITORY / "services/disputes/policies/disputes.yaml"
COMPANY = load_company(REPOSITORY / "deploy/company/example.yaml")


@pytest.fixture
def rulebook_of(tmp_path: Path) -> Callable[..., Rulebook]:
    """Our own file, but for what is said."""

    def load(**more: Any) -> Rulebook:
        path = tmp_path / "disputes.yaml"
        path.write_text(yaml.safe_dump(yaml.safe_load(OWN.read_text("utf-8")) | more), "utf-8")
        return load_rulebook(path, COMPANY)

    return load


def customer(kind: str, limit_minor: int | None, currency: str | None = "EUR") -> Customer:
    return Customer(UUID(int=1), 1, "urn:x", "K-1", "Muster", "de", kind, limit_minor, currency)


class TestSegments:
    @pytest.mark.parametrize(
        ("owed_by", "segment"),
        [
            (customer("business", 10_000_000), "white-glove"),
            (customer("business", 9_999_999), "standard"),
            (customer("consumer", 10_000_000), "standard"),
            (customer("business", None, None), "standard"),
            (customer("business", 99_999_999, "SEK"), "standard"),
            (None, "standard"),
        ],
    )
    def test_are_told_apart_by_what_the_erp_says(
        self, owed_by: Customer | None, segment: str
    ) -> None:
        assert load_rulebook(OWN, COMPANY).segment_of(owed_by) == segment

    def test_the_first_rule_that_fits_decides(self, rulebook_of: Callable[..., Rulebook]) -> None:
        rules = [{"segment": "any"}, {"segment": "white-glove", "kinds": ["business"]}]
        assert rulebook_of(segments=rules).segment_of(customer("business", 1)) == "any"


class TestTerms:
    @pytest.mark.parametrize(
        ("reason", "segment", "days"),
        [
            (Reason.PRICE, "standard", (2, 10)),
            (Reason.PRICE, "white-glove", (1, 5)),
            (Reason.DUPLICATE, "standard", (2, 5)),
            (Reason.DUPLICATE, "white-glove", (1, 3)),
            (Reason.PAID, "white-glove", (1, 3)),
            (Reason.PAID, "once known", (2, 3)),
        ],
    )
    def test_the_most_special_word_goes_first(
        self, reason: Reason, segment: str, days: tuple[int, int]
    ) -> None:
        terms = load_rulebook(OWN, COMPANY).terms_of(reason, segment)
        assert (terms.first_answer_days, terms.resolution_days) == days


class TestNonsense:
    @pytest.mark.parametrize(
        ("said", "named"),
        [
            ({"by_segment": {"gold": {"resolution_days": 1}}}, "gold"),
            ({"reasons": {"tax": {"by_segment": {"gold": {"team": "tax"}}}}}, "gold"),
            ({"by_segment": {"white-glove": {"first_answer_days": 11}}}, "comes before"),
            ({"segments": [{"segment": "x", "kinds": ["rich"]}]}, "rich"),
            ({"segments": [{"segment": "white-glove", "score_min": 7}]}, "score_min"),
            ({"reopening": {"days_after_outcome_max": -1, "times_max": 2}}, "days_after"),
            ({"reopening": {"days_after_outcome_max": 30}}, "times_max"),
        ],
    )
    def test_is_refused_by_name(
        self, rulebook_of: Callable[..., Rulebook], said: dict[str, Any], named: str
    ) -> None:
        with pytest.raises(TermsFileUnreadable, match=named):
            rulebook_of(**said)
