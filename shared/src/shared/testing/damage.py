"""Damage to JSON: places dropped, replaced, doubled and renamed, by values that have broken readers before."""

import json
from collections.abc import Callable, Iterable
from typing import Any, Final

from hypothesis import strategies as st

DAMAGES_MAX: Final = 3
TEXTS: Final = [
    "", " ", "C1", "-1", "1e400", "NaN", "1_000", "１２", "2026-02-30", "0000-00-00", "Europe",
    "\x00", "a\x00b", "\x1b[2J", "\x7f", "\r\nBcc: evil@x.test", "\ud800", "\udfff\ud800", "\ufeff",
    "=?UTF-8?Q?=0A?=", "{{7*7}}", "<script>", "\u202eevil", "..", "../../etc/passwd", "%s%n", "'; --",
    "x" * 501, "𐍈" * 500, "é" * 3_000, "1" * 5_000, "z" * 100_000, "1." + "0" * 40 + "1",
]  # fmt: skip
RAW: Final = [
    "NaN", "-Infinity", "1e400", "1e-400", "1E+999999999999", "-0", "01", "1.", "tru", "", "'a'", "{", "]",
    "9" * 30, "9" * 5_000, "0." + "1" * 60, "1e15", "[" * 300 + "]" * 300, "[" * 100_000, '{"a":' * 5_000,
    '"\\ud800"', '"\\u0000"', '"\\x"', '"\t"', '"open', "/* */1", "1,1", '"a" "b"', '{"a":1,"a":2}',
]  # fmt: skip


class Raw(str):
    """JSON text that goes out as it stands, sound or not."""

    __slots__ = ()


class Twin(str):
    """A key that may stand in one object several times."""

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


def text_of(value: Any) -> str:
    """JSON, with whatever `Raw` and `Twin` make of it."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return (
            "{" + ",".join(f"{json.dumps(key)}:{text_of(one)}" for key, one in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + ",".join(map(text_of, value)) + "]"
    return json.dumps(value)


odd_values: Final = st.one_of(
    st.sampled_from(RAW).map(Raw),
    st.sampled_from(TEXTS),
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=30),
    st.builds(dict),
    st.lists(st.sampled_from(["a", 1, None]), max_size=2),
)


@st.composite
def damaged(draw: st.DrawFn, whole: st.SearchStrategy[Any], at_most: int = DAMAGES_MAX) -> Any:
    """A JSON value with up to so many places dropped, replaced, doubled or renamed."""
    value = draw(whole)
    for _ in range(draw(st.integers(0, at_most))):
        places = [*_places(value)]
        if not places:
            return draw(odd_values)
        holder, key = places[draw(st.integers(0, len(places) - 1))]
        _damage(draw, holder, key)
    return value


def _places(value: Any) -> Iterable[tuple[Any, Any]]:
    inside: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        inside = list(value.items())
    elif isinstance(value, list):
        inside = list(enumerate(value))
    for key, one in inside:
        yield value, key
        yield from _places(one)


def _damage(draw: st.DrawFn, holder: Any, key: Any) -> None:
    deeds: list[Callable[[], Any]] = [
        lambda: holder.__setitem__(key, draw(odd_values)),
        lambda: holder.__setitem__(key, draw(odd_values)),
        lambda: holder.pop(key),
        lambda: holder.__setitem__(key, [holder[key]]),
    ]
    if isinstance(holder, dict):
        deeds += [
            lambda: holder.__setitem__(Twin(key), draw(odd_values)),
            lambda: holder.__setitem__(draw(st.sampled_from(TEXTS)), holder.pop(key)),
        ]
    draw(st.sampled_from(deeds))()
