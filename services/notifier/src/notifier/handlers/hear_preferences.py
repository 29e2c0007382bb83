"""A contact said at the portal how they want to be reached."""

from notifier.domain.contact import Channel
from notifier.domain.desk import Desk
from notifier.domain.preferences import Preferences
from shared.base.clock import Moment
from shared.contracts.portal_api import PreferencesChanged


def hear_preferences(desk: Desk, told: PreferencesChanged, *, moment: Moment) -> None:
    """It counts from the next last look on, whatever waits already."""
    desk.hear_preferences(
        Preferences(
            preferences_id=told.preferences_id,
            customer_id=told.customer_id,
            version=told.version,
            contact_id=told.contact_id,
            email_sealed=told.email_sealed,
            phone_sealed=told.phone_sealed,
            channel=Channel(told.channel.value) if told.channel else None,
            language=told.language,
            reminders_by_email=told.reminders_by_email,
        )
    )
