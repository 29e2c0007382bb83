"""How a contact wants to be reached, by their own word: it lies over what the ERP says of them."""

from dataclasses import dataclass, field, replace
from uuid import UUID

from notifier.domain.contact import Channel, Contact


@dataclass(frozen=True, slots=True)
class Preferences:
    """What is None stays as the ERP has it. Addresses lie sealed as they came."""

    preferences_id: UUID
    customer_id: UUID
    version: int
    contact_id: str
    email_sealed: str | None = field(default=None, repr=False)
    phone_sealed: str | None = field(default=None, repr=False)
    channel: Channel | None = None
    language: str | None = None
    reminders_by_email: bool = True

    def over(self, contact: Contact, *, email: str | None, phone: str | None) -> Contact:
        """The contact as they want to be reached; addresses are those that were unsealed."""
        return replace(
            contact,
            email=email or contact.email,
            phone=phone or contact.phone,
            preferred_channel=self.channel or contact.preferred_channel,
            language=self.language or contact.language,
            no_reminders_by=() if self.reminders_by_email else (Channel.EMAIL,),
        )
