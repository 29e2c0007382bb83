"""Tell how a contact wants to be reached, and have a changed address confirmed."""

from portal_api.domain.preferences import AddressChange, Addresses, Preferences
from portal_api.domain.request import Asker
from shared.base.clock import Moment
from shared.base.telling import Telling
from shared.contracts import portal_api as told


def tell_preferences(
    telling: Telling, preferences: Preferences, sealed: Addresses, *, moment: Moment
) -> None:
    """The whole of it, addresses sealed."""
    channel = preferences.channel
    telling.announce(
        told.PreferencesChanged(
            customer_id=preferences.customer_id,
            version=preferences.version,
            preferences_id=preferences.preferences_id,
            contact_id=preferences.contact_id,
            email_sealed=sealed.email,
            phone_sealed=sealed.phone,
            channel=told.PreferredChannel(channel.value) if channel else None,
            language=preferences.language,
            reminders_by_email=preferences.reminders_by_email,
            at=moment,
        )
    )


def ask_confirmation(
    telling: Telling, change: AddressChange, asker: Asker, *, link_sealed: str
) -> None:
    """At the address that we write to now; neither address is told."""
    telling.announce(
        told.AddressChangeAsked(
            customer_id=change.customer_id,
            version=1,
            change_id=change.change_id,
            contact_id=change.contact_id,
            legal_entity=asker.legal_entity,
            language=asker.language,
            link_sealed=link_sealed,
            expires_at=change.expires_at,
        )
    )
