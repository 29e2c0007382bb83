"""What our own pages say is said in every language, of everything that can happen; and figures are written its way."""

import string
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from portal_api.domain.charge import ChargeUnderWay, Why
from portal_api.domain.charge import State as ChargeState
from portal_api.domain.decline import NextStep
from portal_api.domain.mandate import State as MandateState
from portal_api.domain.mandate import TextChanged
from portal_api.domain.plan import PlanState
from portal_api.domain.promise import State as PromiseState
from portal_api.domain.session import RoleMissing
from portal_api.domain.standing import Answer
from portal_api.gateways.autopay_files import load_autopay_rails
from portal_api.gateways.dispute_desk import BRINGING, REOPENING
from portal_api.handlers.accept_plan import PlanNotOpen, PlanOutOfDate, TextNotTheSame
from portal_api.handlers.give_feedback import CaseOpen, FeedbackGivenBefore
from portal_api.handlers.take_items import MorePromisedThanOpen
from portal_api.interfaces.http.page_words import PAGE_WORDS, words_in
from portal_api.interfaces.http.paying import REFUSALS, ReturnUrlForeign
from portal_api.interfaces.http.visitors import OriginForeign
from portal_api.interfaces.signing_in import CustomerNotYours, SignInUnavailable, TooManySignIns
from shared.base.money import AmountTooLarge, AmountTooPrecise
from shared.contracts.disputes import ClockKind, Outcome, Reason, State, WaitsFor

POLICY = Path(__file__).parents[3] / "policies" / "autopay.yaml"
ENUMS = {
    "plan_states": PlanState,
    "promise_states": PromiseState,
    "dispute_states": State,
    "outcomes": Outcome,
    "reasons": Reason,
    "clocks": ClockKind,
    "waits_for": WaitsFor,
    "declines": NextStep,
    "mandate_states": MandateState,
    "charge_states": ChargeState,
    "charge_whys": Why,
}
OURS = {ReturnUrlForeign, AmountTooPrecise, AmountTooLarge}
"""What our own forms cannot bring about."""
REFUSED = {
    *(one for one in REFUSALS if one not in OURS),
    *(RoleMissing, OriginForeign, TooManySignIns, SignInUnavailable, CustomerNotYours),
    *(TextNotTheSame, PlanNotOpen, PlanOutOfDate, MorePromisedThanOpen),
    *(CaseOpen, FeedbackGivenBefore, ChargeUnderWay, TextChanged),
}

OF_DISPUTES = {one.code for one in (*BRINGING, *REOPENING) if one.status != 404}
"""What disputes refuses of a paper, or of a reopening. What is not there has a page of its own."""


def said(words: Mapping[str, Any], at: str = "") -> Iterator[tuple[str, set[str]]]:
    """Each sentence by its place, with the blanks that it has."""
    for name, one in words.items():
        if isinstance(one, Mapping):
            yield from said(one, f"{at}{name}.")
        elif isinstance(one, str):
            yield at + name, {blank for _, blank, *_ in string.Formatter().parse(one) if blank}
        else:
            yield f"{at}{name} {len(one)}", set()


def test_every_language_says_the_same_with_the_same_blanks() -> None:
    english, german = (dict(said(PAGE_WORDS[one].w)) for one in ("en", "de"))

    assert english == german


@pytest.mark.parametrize("language", ["en", "de"])
class TestWords:
    def test_are_there_for_everything_that_can_be(self, language: str) -> None:
        w = PAGE_WORDS[language].w

        assert {name: set(w[name]) for name in ENUMS} == {
            name: {one.value for one in enum} for name, enum in ENUMS.items()
        }
        assert {one.value for one in Answer} <= set(w["states"])
        assert set(load_autopay_rails(POLICY, None).means) == set(w["means_kinds"])

    def test_are_there_for_every_refusal(self, language: str) -> None:
        codes = {one.code for one in REFUSED} | OF_DISPUTES
        assert codes == set(PAGE_WORDS[language].w["refusals"])


class TestFigures:
    @pytest.mark.parametrize(
        ("language", "amount", "day"),
        [
            ("en", "1,234,567.05 EUR", "9 April 2026"),
            ("de", "1.234.567,05 EUR", "9. April 2026"),
        ],
    )
    def test_are_written_as_the_language_does(self, language: str, amount: str, day: str) -> None:
        words = words_in(language)

        assert words.amount(123_456_705, "EUR").replace("\N{NO-BREAK SPACE}", " ") == amount
        assert words.day(date(2026, 4, 9)).replace("\N{NO-BREAK SPACE}", " ") == day

    def test_a_currency_without_decimals_has_none(self) -> None:
        assert words_in("de").amount(5_000, "JPY") == "5.000\N{NO-BREAK SPACE}JPY"

    def test_moments_are_those_of_the_place(self) -> None:
        at = datetime(2026, 4, 9, 23, 30, tzinfo=UTC)

        assert (
            words_in("en").moment(at, "Europe/Berlin").endswith("April 2026, 01:30 (Europe/Berlin)")
        )

    def test_a_language_that_we_do_not_speak_is_the_next_one_or_english(self) -> None:
        assert [words_in(*one).language for one in (("fr", "de-AT"), ("fr",), (None, ""))] == [
            *("de", "en", "en")
        ]
