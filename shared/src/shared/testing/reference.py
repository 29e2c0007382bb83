"""The event reference for readers: one page of Markdown from the models, their docstrings and their examples."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

_INTRODUCTION = """# Events

Generated from `shared/src/shared/contracts/` by `make catalogue-write`; the same models make the JSON Schemas in
`schemas/`, the examples in `examples/` and `asyncapi.yaml`. To find who tells and who hears an event, search the
repository for its class name.

Every event is a CloudEvents 1.0 message on Kafka: the value is the JSON document below, the attributes are headers
(`ce_id`, `ce_source`, `ce_type`, …; structured mode is understood too). Our own events are keyed by `customer_id`,
carry the whole state of their subject after the fact, and number it: `version` only rises, so a projection is an
upsert that ignores what is not newer.
"""


def reference(
    models: Mapping[str, type[BaseModel]], topics: Sequence[str], examples: Mapping[str, str]
) -> str:
    """The page: a section per topic, an event under each, its fields as a table, its example folded."""
    parts = [_INTRODUCTION, *_contents(models, topics)]
    for topic in topics:
        named = {
            name: model for name, model in models.items() if getattr(model, "TOPIC", "") == topic
        }
        if named:
            parts.append(f"\n## `{topic}`\n")
        for name, model in named.items():
            parts.append(f"\n### {name}\n\n`{model.__name__}`. {_said(model)}\n")
            parts.append("\n| field | type | |\n|---|---|---|\n" + "".join(_rows(model)))
            parts.append(
                f"\n<details><summary>example</summary>\n\n```json\n{examples[name]}```\n\n</details>\n"
            )
    return "".join(parts)


def _contents(models: Mapping[str, type[BaseModel]], topics: Sequence[str]) -> Iterator[str]:
    yield "\n| topic | events |\n|---|---|\n"
    for topic in topics:
        names = [name for name, model in models.items() if getattr(model, "TOPIC", "") == topic]
        links = " · ".join(f"[{name}](#{name.replace('.', '')})" for name in names)
        yield f"| `{topic}` | {links or 'reserved'} |\n"


def _said(model: type[BaseModel]) -> str:
    """What the class says of itself, or else what its nearest ancestor says."""
    return next((" ".join(kind.__doc__.split()) for kind in model.__mro__ if kind.__doc__), "")


def _rows(model: type[BaseModel]) -> Iterator[str]:
    schema = model.model_json_schema(mode="serialization")
    definitions = schema.get("$defs", {})
    required = set(schema.get("required", ()))
    for name, field in schema["properties"].items():
        need = "required" if name in required and "default" not in field else "optional"
        yield f"| `{name}` | {_type(field, definitions)} | {need}{_about(field)} |\n"


def _about(field: Mapping[str, Any]) -> str:
    return f"; {field['description']}" if "description" in field else ""


def _type(field: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """A schema in a word or two; enumerations list their values, parts their fields."""
    if "$ref" in field:
        return _definition(field["$ref"].rpartition("/")[2], definitions)
    if "anyOf" in field:
        kinds = [_type(kind, definitions) for kind in field["anyOf"] if kind.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if field.get("type") == "array":
        return f"list of {_type(field.get('items', {}), definitions)}"
    return str(field.get("format") or field.get("type") or "any")


def _definition(name: str, definitions: Mapping[str, Any]) -> str:
    definition = definitions[name]
    if "enum" in definition:
        return " / ".join(f"`{value}`" for value in definition["enum"])
    required = set(definition.get("required", ()))
    fields = ", ".join(
        f"{key}{'' if key in required else '?'}" for key in definition.get("properties", {})
    )
    return f"{name} {{{fields}}}"
