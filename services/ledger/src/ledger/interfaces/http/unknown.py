"""Answers 404 when there is nothing of that name."""

from typing import Any

from shared.base.errors import Refusal


class NotKnown(Refusal):
    """The ledger has never heard of it."""

    code, status = "not-known", 404


def known(found: Any, what: str) -> Any:
    """`found` itself; refuses None."""
    if found is None:
        raise NotKnown(f"the ledger knows no such {what}")
    return found
