"""Whom a message may reach, and by which road."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

ROUTES_MAX = 4
"""Roads that one message may try before it has failed."""

_ROLES = ("billing", "accounts-payable", "decision-maker")
"""Who is asked first; every other role comes after these."""


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"
    PHONE = "phone"


BROUGHT = frozenset({Channel.EMAIL, Channel.SMS})
"""Channels that the notifier brings itself."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A person at the customer. Addresses are normalised (`phone` is E.164) or None when nobody could use them."""

    contact_id: str
    name: str
    role: str
    email: str | None = None
    phone: str | None = None
    language: str | None = None
    preferred_channel: Channel | None = None
    opted_out: tuple[Channel, ...] = ()
    no_reminders_by: tuple[Channel, ...] = ()
    """By these roads they get answers and what they need, and are not reminded."""

    def address(self, channel: Channel) -> str | None:
        return {Channel.EMAIL: self.email, Channel.SMS: self.phone}.get(channel)

    def road(self, channel: Channel) -> tuple[Channel, str]:
        """The channel and whom it reaches, however the address is written."""
        return channel, (self.address(channel) or "").casefold()


Address = tuple[Channel, str]
"""A channel and the mailbox or number on it."""


@dataclass(frozen=True, slots=True)
class Route:
    """One way to one person."""

    channel: Channel
    address: str
    name: str
    contact_id: str | None = None
    language: str | None = None


def for_reminders(contacts: Sequence[Contact]) -> tuple[Contact, ...]:
    """The same people, with the roads closed by which they are not to be reminded: whoever closed a mailbox that
    several share closed it for all of them.
    """
    closed = {one.road(channel) for one in contacts for channel in one.no_reminders_by}
    return tuple(
        replace(one, opted_out=(*one.opted_out, *_those_of(closed, one))) for one in contacts
    )


def _those_of(closed: Collection[Address], contact: Contact) -> list[Channel]:
    return [channel for channel in Channel if contact.road(channel) in closed]


def routes(
    contacts: Iterable[Contact], channels: Sequence[Channel], *, opted_out: Collection[Address]
) -> list[Route]:
    """Every way that is open, best first: the right person, then the channel that person prefers.

    `channels` are the reminder's, in order; a channel that is not among them is never used.
    """
    unique: dict[Address, Route] = {}
    for contact in sorted(contacts, key=_by_role):
        for channel in _preferred_first(contact, channels):
            address = contact.address(channel)
            if address and channel not in contact.opted_out and (channel, address) not in opted_out:
                route = Route(channel, address, contact.name, contact.contact_id, contact.language)
                unique.setdefault((channel, address), route)
    return list(unique.values())


def somebody_opted_out(
    contacts: Iterable[Contact], channels: Sequence[Channel], *, opted_out: Collection[Address]
) -> bool:
    """Whether a road would be open, had nobody asked us not to take it."""
    return any(
        channel in contact.opted_out or (channel, address) in opted_out
        for contact in contacts
        for channel in channels
        if (address := contact.address(channel))
    )


def _by_role(contact: Contact) -> tuple[int, str]:
    rank = _ROLES.index(contact.role) if contact.role in _ROLES else len(_ROLES)
    return rank, contact.contact_id


def _preferred_first(contact: Contact, channels: Sequence[Channel]) -> list[Channel]:
    usable = [channel for channel in channels if channel in BROUGHT]
    return sorted(usable, key=lambda channel: channel is not contact.preferred_channel)
