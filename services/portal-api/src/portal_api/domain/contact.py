"""Contacts of customers: who may sign in, and what each may do."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from string import ascii_lowercase, ascii_uppercase
from types import MappingProxyType
from typing import Final
from uuid import UUID

from shared.base.errors import Refusal


class Position(StrEnum):
    """What a contact is at the customer, in the ERP's words."""

    BILLING = "billing"
    ACCOUNTS_PAYABLE = "accounts-payable"
    DECISION_MAKER = "decision-maker"
    OTHER = "other"


class Role(StrEnum):
    """What a contact may do here."""

    VIEW = "view"
    PAY = "pay"
    DISPUTE = "dispute"
    ADMINISTER = "administer"


MAY: Final[Mapping[Position, tuple[Role, ...]]] = MappingProxyType(
    {
        Position.BILLING: (Role.VIEW, Role.PAY, Role.DISPUTE),
        Position.ACCOUNTS_PAYABLE: (Role.VIEW, Role.PAY, Role.DISPUTE),
        Position.DECISION_MAKER: (Role.VIEW, Role.PAY, Role.DISPUTE),
        Position.OTHER: (Role.VIEW,),
    }
)
"""By position. The main contact may also administer."""


_SMALL: Final = str.maketrans(ascii_uppercase, ascii_lowercase)


class ContactUnknown(Refusal):
    """Your company has no such contact."""

    code, status = "contact-unknown", 404


class MainContactStays(Refusal):
    """What the main contact may do follows from the seller's records; nobody takes it away here."""

    code, status = "main-contact-stays", 409


class RolesNotPossible(Refusal):
    """A contact may do what their position allows, or less of it; whoever may do anything may look."""

    code = "roles-not-possible"


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who can sign in for a customer; `address` is spelt as `address_of` spells it."""

    customer_id: UUID
    contact_id: str
    version: int
    address: str
    name: str
    language: str
    roles: tuple[Role, ...]

    def __post_init__(self) -> None:
        assert self.address == address_of(self.address), "an address is kept as it is compared"
        assert Role.VIEW in self.roles, "who may do anything may look"


def address_of(typed: str) -> str:
    """An e-mail address as we compare them: nobody's mail server tells capitals apart, and nobody types them alike.

    Of A to Z alone. Beyond them letters that look or sort alike are other letters, and `fußball.example` is another
    domain than `fussball.example`: whoever has the one must never be taken for the other.
    """
    return typed.strip().translate(_SMALL)


def main_contact(positions: Iterable[tuple[str, Position]]) -> str | None:
    """Of (contact id, position) in the ERP's order: the first who decides, else simply the first; None of nobody."""
    first = None
    for contact_id, position in positions:
        if position is Position.DECISION_MAKER:
            return contact_id
        first = contact_id if first is None else first
    return first


def roles_of(position: Position, *, is_main: bool) -> tuple[Role, ...]:
    """What a contact of that position may do."""
    return (*MAY[position], Role.ADMINISTER) if is_main else MAY[position]


def taken_for(may: Collection[Role], wanted: Collection[Role]) -> tuple[Role, ...]:
    """What is taken from a contact whose position may so much, so that what is wanted is left; nothing left is out."""
    if Role.ADMINISTER in may:
        raise MainContactStays("what the main contact may do is not changed here")
    if not set(wanted) <= set(may) or (wanted and Role.VIEW not in wanted):
        possible = ", ".join(may)
        raise RolesNotPossible(f"of {possible}, and `view` with any other", pointer="/roles")
    return tuple(role for role in may if role not in wanted)
