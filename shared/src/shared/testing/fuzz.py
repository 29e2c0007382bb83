"""Bad input for every reader of the bus: bodies drawn from the committed schemas, damaged ever more, then plain bytes.

Strategies of hypothesis; `drawn` takes so many of one, the same for the same seed, for tests that need them at once.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from shared.testing.bodies import bodies
from shared.testing.catalogue import MODELS
from shared.testing.damage import TEXTS, damaged, text_of

T = TypeVar("T")

EXAMPLES: Final = int(os.environ.get("FUZZ_EXAMPLES", "60"))
"""Examples of each law; `make fuzz` asks for more."""

fuzzed: Final = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck)
)
"""For a law over drawn records. Marked `fuzz`, `make fuzz` tries it harder."""

SOURCE: Final = "urn:acme:erp:de01"
STRUCTURED: Final = "application/cloudevents+json; charset=utf-8"

BYTES: Final = [
    b"", b"\x00", b"\xff\xfe", b"{", b"null", b"[]", b'"x"', b"0", b"\xef\xbb\xbf{}", b"{}", b"{}{}",
    b"[" * 200_000, b"\x1f\x8b\x08\x00junk", b"\x00\x00\x00\x00\x01avro", b'{"a":"\xed\xa0\x80"}',
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wire:
    """A message as a broker's client would hand it over."""

    topic: str
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]
    key: bytes | None = None
    partition: int = 0
    offset: int = 0
    timestamp: int = 0


def drawn(strategy: st.SearchStrategy[T], count: int, *, number: int) -> list[T]:
    """So many of a strategy's values; `number` is the seed."""
    taken: list[T] = []

    @seed(number)
    @settings(
        max_examples=count, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(strategy)
    def take(one: T) -> None:
        taken.append(one)

    take()
    return taken


@st.composite
def headers_of(draw: st.DrawFn, attributes: dict[str, str]) -> list[tuple[str, bytes]]:
    """Binary mode's headers, with up to two of them damaged."""
    headers = [("content-type", b"application/json")]
    headers += [(f"ce_{name}", value.encode()) for name, value in attributes.items()]
    for _ in range(draw(st.sampled_from([0, 1, 1, 2]))):
        place = draw(st.integers(0, len(headers) - 1))
        name, value = headers.pop(place)
        odd = st.one_of(
            st.binary(max_size=20),
            st.sampled_from([text.encode("utf-8", "surrogatepass") for text in TEXTS]),
            st.sampled_from(
                [b"\xff", b"0.3", b"erp.invoice.sung.v1", b"urn:nobody", value.upper(), value]
            ),
        )
        if draw(st.booleans()):
            names = st.sampled_from([name, name.upper(), "ce_traceparent", "ce_correlationid"])
            headers.append((draw(names), draw(odd)))
    return headers


@st.composite
def messages(
    draw: st.DrawFn,
    event_types: Sequence[str],
    *,
    source: str = SOURCE,
    keys: Sequence[bytes | None] = (None,),
    topics: Sequence[str] = (),
    also: st.SearchStrategy[dict[str, Any]] = st.just({}),  # noqa: B008 - a strategy is a constant
) -> Wire:
    """One message, sound or not. `also` are fields that its body has besides what is drawn from its schema; `topics`
    are those on which it may go astray."""
    event_type = draw(st.sampled_from(event_types))
    attributes = {
        "specversion": "1.0",
        "id": draw(st.one_of(st.integers(0, 10**9).map(str), st.text(min_size=1, max_size=20))),
        "source": source,
        "type": event_type,
    }
    sound = st.builds(lambda body, more: {**body, **more}, bodies(event_type), also)
    topic: str = MODELS[event_type].TOPIC  # type: ignore[attr-defined]
    if topics:
        topic = draw(st.sampled_from([topic, topic, topic, *topics]))
    wire = Wire(topic, b"", _plain(attributes), draw(st.sampled_from(keys)))
    kinds = ["body"] * 6 + ["headers"] * 2 + ["structured"] * 2 + ["bytes"]
    match draw(st.sampled_from(kinds)):
        case "headers":
            value = text_of(draw(damaged(sound, 1))).encode()
            return replace(wire, value=value, headers=draw(headers_of(attributes)))
        case "structured":
            envelope = st.builds(lambda body: {**attributes, "data": body}, sound)
            value = text_of(draw(damaged(envelope))).encode()
            return replace(wire, value=value, headers=[("content-type", STRUCTURED.encode())])
        case "bytes":
            raw = st.one_of(st.sampled_from(BYTES), st.binary(max_size=200))
            return replace(wire, value=draw(raw))
    return replace(wire, value=text_of(draw(damaged(sound))).encode())


def wire_of(
    event_type: str,
    body: Any,
    *,
    event_id: str = "e",
    source: str = SOURCE,
    key: bytes | None = None,
) -> Wire:
    """A message in binary mode with a sound envelope."""
    attributes = {"specversion": "1.0", "id": event_id, "source": source, "type": event_type}
    topic: str = MODELS[event_type].TOPIC  # type: ignore[attr-defined]
    return Wire(topic, text_of(body).encode(), _plain(attributes), key)


def _plain(attributes: dict[str, str]) -> list[tuple[str, bytes]]:
    named = [
        (f"ce_{name}", value.encode("utf-8", "surrogatepass")) for name, value in attributes.items()
    ]
    return [("content-type", b"application/json"), *named]
