"""What a text message asks for, by its first word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.domain.inbound import Wish, wish_of


@pytest.mark.parametrize(
    "body", ["STOP", "stop", " Stop. ", "stop it now", "END", "Cancel", "UNSUBSCRIBE", "quit!"]
)
def test_any_word_for_stop_is_stop(body: str) -> None:
    assert wish_of(body) is Wish.STOP


@pytest.mark.parametrize(
    ("body", "wish"),
    [("HELP", Wish.HELP), ("start", Wish.START), ("", Wish.OTHER), ("...", Wish.OTHER)],
)
def test_other_keywords(body: str, wish: Wish) -> None:
    assert wish_of(body) is wish


@pytest.mark.parametrize("body", ["please stop", "stopped", "I paid", "non-stop"])
def test_only_the_first_word_counts(body: str) -> None:
    assert wish_of(body) is Wish.OTHER


@given(st.text(max_size=200))
def test_any_text_has_an_answer(body: str) -> None:
    assert wish_of(body) in Wish
