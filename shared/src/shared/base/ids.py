"""Names derived from causes, so that the second time finds the name taken."""

import json
from functools import lru_cache
from uuid import UUID, uuid5

NAMESPACE = UUID("6f1c1f2e-9a4b-5d0e-8f57-0b1d5a0c7e11")
"""Published with the ERP contract: anybody can compute our id of an ERP object."""

OBJECT_IDS_REMEMBERED = 50_000


@lru_cache(maxsize=OBJECT_IDS_REMEMBERED)
def object_id(source: str, kind: str, id: str) -> UUID:  # noqa: A002 - the contract's own word
    """Our id of an ERP object: UUIDv5 over the compact UTF-8 JSON of `[source, kind, id]`, the id verbatim."""
    return uuid5(
        NAMESPACE, json.dumps([source, kind, id], ensure_ascii=False, separators=(",", ":"))
    )


def derived_id(*cause: object) -> UUID:
    """An id that the same cause always yields: UUIDv5 over the compact JSON of the parts' texts."""
    return uuid5(
        NAMESPACE,
        json.dumps([str(part) for part in cause], ensure_ascii=False, separators=(",", ":")),
    )
