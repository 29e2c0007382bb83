"""How a contact wants to be reached: their own word, which lies over what the ERP says of them."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from shared.base.clock import Moment
from shared.base.errors import Refusal

CHANGE_LIFE: Final = timedelta(hours=24)
CHANGES_PER_DAY_MAX: Final = 5
"""So many mails may ask for a confirmation within a day."""


class ChangeUnknown(Refusal):
    """The link is none of ours, or long over."""

    code, status = "address-change-unknown", 404


class ChangeUsed(Refusal):
    """The change was confirmed before, or a newer one took its place, or the address it was asked from is gone."""

    code, status = "address-change-used", 409


class ChangeExpired(Refusal):
    """The link's time is over: ask for the change again."""

    code, status = "address-change-expired", 410


class TooManyChanges(Refusal):
    """Addresses were changed as often as one may within a day."""

    code, status = "too-many-address-changes", 429


class PreferredChannel(StrEnum):
    EMAIL = "email"
    SMS = "sms"


class Addresses(NamedTuple):
    """What is None is as the ERP has it."""

    email: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class Preferences:
    """`version` 0 is a contact who never said anything."""

    preferences_id: UUID
    customer_id: UUID
    contact_id: str
    version: int = 0
    email: str | None = None
    phone: str | None = None
    channel: PreferredChannel | None = None
    language: str | None = None
    reminders_by_email: bool = True

    @property
    def addresses(self) -> Addresses:
        return Addresses(self.email, self.phone)

    def wish(
        self,
        to: Addresses,
        channel: PreferredChannel | None,
        language: str | None,
        *,
        reminders_by_email: bool,
    ) -> "Preferences":
        """With what counts at once; the same object where nothing changes. An address that is the ERP's again is no
        new one: nobody at the other has to agree, who may never have been there.
        """
        wished = replace(
            self,
            email=self.email if to.email else None,
            phone=self.phone if to.phone else None,
            channel=channel,
            language=language,
            reminders_by_email=reminders_by_email,
        )
        return self if wished == self else replace(wished, version=self.version + 1)

    def unsubscribe(self) -> "Preferences":
        """No reminders by e-mail; the same object where that is so already."""
        return self.wish(self.addresses, self.channel, self.language, reminders_by_email=False)

    def move(self, to: Addresses) -> "Preferences":
        """With addresses that were confirmed."""
        return replace(self, email=to.email, phone=to.phone, version=self.version + 1)


@dataclass(frozen=True, slots=True)
class AddressChange:
    """It waits for a word from the old address. The newest of a contact counts alone."""

    change_id: UUID
    customer_id: UUID
    contact_id: str
    to: Addresses
    expires_at: Moment
    ended_at: Moment | None = None

    def check(self, *, moment: Moment) -> None:
        """Refuse when it can be confirmed no more."""
        if self.ended_at is not None:
            raise ChangeUsed(
                "this change was confirmed before, or a newer one or one of our own took its place"
            )
        if self.expires_at <= moment:
            raise ChangeExpired("this link's time is over; ask for the change again")
