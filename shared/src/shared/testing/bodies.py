"""Bodies of events, drawn from the committed schemas."""

import json
from functools import cache
from typing import Any, Final

from hypothesis import strategies as st

from shared.testing.catalogue import FOLDER

LIKELY: Final[dict[str, list[Any]]] = {
    "customer_number": ["C1", "C2", "C3"],
    "invoice_id": ["I1", "I2", "I3"],
    "payment_id": ["P1", "P2", "P3"],
    "credit_note_id": ["N1", "N2"],
    "version": [1, 2, 3, 4, 5],
    "currency": ["EUR"],
    "country": ["DE"],
    "legal_entity": ["DE01"],
    "time_zone": ["Europe/Berlin"],
    "total": ["100.00", "119.00", 50],
    "net": ["100.00"],
    "tax": ["19.00"],
    "amount": ["10.00", "100.00", 5, 0],
    "issued_on": ["2026-03-01"],
    "due_on": ["2026-03-31"],
}
"""Values under which records meet: without them no drawn record would ever speak of the same thing as another."""


@cache
def schema_of(event_type: str) -> dict[str, Any]:
    """The committed schema."""
    return dict(json.loads((FOLDER / f"schemas/{event_type}.json").read_text()))


@cache
def bodies(event_type: str) -> st.SearchStrategy[Any]:
    """Bodies that fit the committed schema, or its example with other values here and there."""
    schema = schema_of(event_type)
    example = (FOLDER / f"examples/{event_type}.json").read_text()
    return st.one_of(
        st.builds(json.loads, st.just(example)),
        st.builds(lambda body, other: {**body, **other}, st.builds(json.loads, st.just(example)), _met(schema)),
        _fitting(schema, schema.get("$defs", {}), ""),
    )  # fmt: skip


def _met(schema: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Likely values for the fields that the schema has."""
    known = {
        name: _likely(name, st.nothing())
        for name, one in schema["properties"].items()
        if name in LIKELY and not {"format", "pattern"} & one.keys()
    }
    return st.fixed_dictionaries(known)


def _fitting(schema: dict[str, Any], defs: dict[str, Any], name: str) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        schema = defs[schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        kinds = [_fitting(one, defs, name) for one in schema["anyOf"] if one.get("type") != "null"]
        return _likely(name, st.one_of(kinds))
    match schema:
        case {"enum": values}:
            return st.sampled_from(values)
        case {"type": "object"}:
            return _objects(schema, defs)
        case {"type": "array"}:
            return st.lists(_fitting(schema["items"], defs, ""), max_size=3)
    return (
        _plain(schema) if {"format", "pattern"} & schema.keys() else _likely(name, _plain(schema))
    )


def _objects(schema: dict[str, Any], defs: dict[str, Any]) -> st.SearchStrategy[Any]:
    needed = set(schema.get("required", ()))
    fields = {key: _fitting(one, defs, key) for key, one in schema.get("properties", {}).items()}
    must = {key: one for key, one in fields.items() if key in needed}
    may = {key: one for key, one in fields.items() if key not in needed}
    return st.fixed_dictionaries(must, optional=may)


def _plain(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    match schema.get("type"):
        case "string":
            return _texts(schema)
        case "integer":
            return st.integers(schema.get("minimum"), schema.get("maximum"))
        case "boolean":
            return st.booleans()
    return st.floats(0, 1000).map(lambda number: round(number, 2))


def _likely(name: str, else_: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    usual = st.sampled_from(LIKELY[name]) if name in LIKELY else st.nothing()
    return st.one_of(usual, usual, else_)


def _texts(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    formats: dict[str, st.SearchStrategy[str]] = {
        "date": st.dates().map(lambda day: day.isoformat()),
        "date-time": st.datetimes().map(lambda moment: f"{moment.isoformat()}Z"),
        "uuid": st.uuids().map(str),
    }
    if schema.get("format") in formats:
        return formats[schema["format"]]
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True)
    return st.text(
        min_size=schema.get("minLength", 0), max_size=min(schema.get("maxLength", 20), 20)
    )
