"""Staff: who they are and what they may do, from a signed token."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends


@dataclass(frozen=True, slots=True)
class Staff:
    """A person of ours, or a service acting as one. `subject` is the issuer's stable name for them."""

    subject: str
    roles: frozenset[str]


async def signed_in() -> Staff:
    """Who calls, by the bearer token; refuses with `not-signed-in` (401)."""
    raise NotImplementedError


SignedIn = Annotated[Staff, Depends(signed_in)]


def require(*roles: str) -> Any:
    """A dependency that yields the `Staff` who has one of these roles; refuses with `role-missing` (403).

    `dependencies=[require("viewer")]` on a router, or `staff: Annotated[Staff, require("collector")]`.
    """
    raise NotImplementedError
