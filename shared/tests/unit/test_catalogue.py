"""The committed catalogue is what the models say, and released promises are kept."""

from typing import Any

from shared.contracts.registry import ERP_EVENTS, EVENTS
from shared.testing import catalogue
from shared.testing.catalogue import documents, faults, incompatible


def schema(**changes: Any) -> dict[str, Any]:
    return {
        "properties": {"id": {"type": "string"}, "kind": {"$ref": "#/$defs/Kind"}},
        "required": ["id"],
        "$defs": {"Kind": {"enum": ["a", "b"]}},
    } | changes


class TestCatalogue:
    def test_is_what_the_models_say(self) -> None:
        assert list(faults()) == []

    def test_has_one_example_of_every_event(self) -> None:
        assert {f"examples/{name}.json" for name in [*EVENTS, *ERP_EVENTS]} <= set(documents())

    def test_every_example_reads_back_as_the_same_event(self) -> None:
        written = documents()
        for name, model in catalogue.MODELS.items():
            text = written[f"examples/{name}.json"]
            assert (
                model.model_validate_json(text).model_dump_json(indent=2, exclude_none=True) + "\n"
                == text
            )


class TestCompatibility:
    def test_an_optional_field_may_be_added(self) -> None:
        newer = schema(properties=schema()["properties"] | {"note": {"type": "string"}})

        assert list(incompatible(schema(), newer)) == []

    def test_words_about_a_field_may_change(self) -> None:
        newer = schema(
            properties=schema()["properties"] | {"id": {"type": "string", "description": "new"}}
        )

        assert list(incompatible(schema(), newer)) == []

    def test_a_field_that_is_gone_changed_or_became_required_breaks_the_promise(self) -> None:
        assert list(incompatible(schema(), schema(properties={"id": {"type": "string"}})))
        assert list(
            incompatible(
                schema(), schema(properties=schema()["properties"] | {"id": {"type": "integer"}})
            )
        )
        assert list(incompatible(schema(), schema(required=["id", "kind"])))
        assert list(incompatible(schema(), schema(required=[])))

    def test_a_value_that_is_gone_breaks_the_promise(self) -> None:
        assert list(incompatible(schema(), schema(**{"$defs": {"Kind": {"enum": ["a"]}}})))
