"""Secrets on the bus are sealed: only the key opens them, and only for what they are about."""

import base64

import pytest

from shared.messaging.seal import KeyUnfit, Seal, SealBroken

OLD, NEW = (base64.urlsafe_b64encode(bytes([number]) * 32).decode() for number in (1, 2))
LINK = "https://portal.example/sign-in/abc"


def seal(written: str) -> Seal:
    made = Seal.of(written)
    assert made is not None
    return made


class TestSeal:
    def test_opens_what_it_closed(self) -> None:
        assert seal(NEW).open(seal(NEW).close(LINK, about="one"), about="one") == LINK

    def test_shows_nothing_and_never_looks_the_same(self) -> None:
        first, second = (seal(NEW).close(LINK, about="one") for _ in range(2))

        assert first != second
        assert "portal" not in first

    def test_opens_for_nothing_else(self) -> None:
        with pytest.raises(SealBroken):
            seal(NEW).open(seal(NEW).close(LINK, about="one"), about="another")

    @pytest.mark.parametrize("broken", ["", "v1.", "v1.!!!", "v1.AAAA", "plain words"])
    def test_refuses_what_is_no_seal(self, broken: str) -> None:
        with pytest.raises(SealBroken):
            seal(NEW).open(broken, about="one")

    def test_refuses_what_was_changed(self) -> None:
        closed = seal(NEW).close(LINK, about="one")

        with pytest.raises(SealBroken):
            seal(NEW).open(
                closed[:-6] + ("A" if closed[-6] != "A" else "B") + closed[-5:], about="one"
            )

    def test_goes_on_opening_with_the_old_key_after_a_change(self) -> None:
        closed = seal(OLD).close(LINK, about="one")

        assert seal(f"{NEW},{OLD}").open(closed, about="one") == LINK
        with pytest.raises(SealBroken):
            seal(OLD).open(seal(f"{NEW},{OLD}").close(LINK, about="one"), about="one")

    def test_no_keys_are_no_seal(self) -> None:
        assert Seal.of("") is None

    @pytest.mark.parametrize("unfit", ["short", "é" * 43, "A" * 44])
    def test_refuses_an_unfit_key(self, unfit: str) -> None:
        with pytest.raises(KeyUnfit):
            Seal.of(unfit)
