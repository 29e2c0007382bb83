"""What became of a record of the ERP: every record has exactly one outcome (ERP rule 12)."""

from enum import StrEnum


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    SUPERSEDED = "superseded"
    CONFLICT = "conflict"
    WAITING = "waiting"
    REFUSED = "refused"
    CRASHED = "crashed"


class Waits(StrEnum):
    """What a waiting record waits for."""

    NOTHING = ""
    PARENT = "parent"
    """The object that it cancels or returns."""
    GRANT = "grant"
    """Invoices with room for everything that its inline allocations say."""
    SET_GRANT = "set-grant"
    """The same for a set of allocations, and the credit itself."""


PARKED = frozenset({Outcome.CONFLICT, Outcome.REFUSED, Outcome.CRASHED})
"""Outcomes that set the record aside and put its customers in doubt."""
