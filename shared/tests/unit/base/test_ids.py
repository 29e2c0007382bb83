"""Derived ids: anybody with the contract and a standard library computes the same."""

import json
from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as some

from shared.base.ids import NAMESPACE, derived_id, object_id

TEXTS = some.text(some.characters(exclude_categories=["Cs"]))


def published(parts: list[str]) -> UUID:
    """What the contract says, word for word."""
    return uuid5(NAMESPACE, json.dumps(parts, ensure_ascii=False, separators=(",", ":")))


class TestIds:
    @given(TEXTS, TEXTS, TEXTS)
    def test_an_object_has_the_id_that_the_contract_publishes(
        self, source: str, kind: str, name: str
    ) -> None:
        assert object_id(source, kind, name) == published([source, kind, name])

    @given(some.lists(some.one_of(TEXTS, some.integers(), some.uuids()), min_size=1))
    def test_a_cause_has_one_id(self, cause: list[object]) -> None:
        assert derived_id(*cause) == published([str(part) for part in cause])
        assert derived_id(*cause).version == 5
