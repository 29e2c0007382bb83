"""A record's content as a hash, so that the same word said again is known as such (ERP rule 3)."""

from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from pydantic_core import to_json

from shared.contracts.event import Part

DIGEST_BYTES = 16


def content_of(event: Any) -> bytes:
    """Hash over type and known fields in canonical form: `1.0` = `1.00`, absent = default, the version left out."""
    content = _fields(event)
    del content["version"]
    return blake2b(event.TYPE.encode() + to_json(content), digest_size=DIGEST_BYTES).digest()


def _fields(part: Part) -> dict[str, Any]:
    """What a part says, in the order of names, so that moving a field in the contract changes no hash."""
    said = part.__dict__
    return {
        name: _canonical(value)
        for name, default in _defaults(type(part))
        if (value := said[name]) is not None and (default is None or value != default)
    }


@lru_cache(maxsize=64)
def _defaults(kind: type[Part]) -> tuple[tuple[str, Any], ...]:
    """Fields by name, each with its default; None for a required one, which is never None."""
    return tuple(
        (name, None if field.is_required() else field.default)
        for name, field in sorted(kind.model_fields.items())
    )


def _canonical(value: Any) -> Any:
    if type(value) is str:
        return value
    if isinstance(value, Decimal):
        return value.normalize()
    if isinstance(value, Part):
        return _fields(value)
    if isinstance(value, tuple):
        return [_canonical(one) for one in value]
    return value
