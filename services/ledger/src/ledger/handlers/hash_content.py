"""A record's content as a hash, so that the same word said again is known as such (ERP rule 3)."""

import json
from datetime import date
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from shared.contracts.event import Part

DIGEST_BYTES = 16
_VERSIONS = frozenset({"version"})
_NONE: frozenset[str] = frozenset()


def content_of(event: Any) -> bytes:
    """Hash over type and known fields in canonical form: `1.0` = `1.00`, absent = default, the version left out."""
    content = _CANONICAL.encode(_fields(event, _VERSIONS))
    return blake2b(
        f"{event.TYPE} {content}".encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES
    ).digest()


def _fields(part: Part, without: frozenset[str]) -> dict[str, Any]:
    defaults = _defaults(type(part))
    return {
        name: value
        for name, value in part.__dict__.items()
        if name not in without and value != defaults[name]
    }


@lru_cache(maxsize=64)
def _defaults(kind: type[Part]) -> dict[str, Any]:
    """Default by field; a required one equals nothing."""
    return {name: field.default for name, field in kind.model_fields.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, date):
        return value.isoformat()
    assert isinstance(value, Part), f"{type(value)} has no canonical form"
    return _fields(value, _NONE)


_CANONICAL = json.JSONEncoder(default=_plain, sort_keys=True, ensure_ascii=False)
