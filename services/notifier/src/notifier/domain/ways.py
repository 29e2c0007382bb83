"""Which way a message may take: the best road that is open, and the hours that a person is left alone in."""

from collections.abc import Sequence

from notifier.domain.contact import Channel, Route, for_reminders, routes, somebody_opted_out
from notifier.domain.desk import REMINDERS
from notifier.domain.hours import candidate_zones
from notifier.domain.message import Message
from notifier.domain.silence import Facts, Silence
from shared.base.zones import zones_of


def way_to(message: Message, channels: Sequence[Channel], facts: Facts) -> Route | Silence:
    """The first road that has not failed, or why there is none."""
    contacts = facts.customer.contacts
    if message.purpose in REMINDERS:
        contacts = for_reminders(contacts)
    open_roads = routes(contacts, channels, opted_out=facts.opted_out)
    for route in open_roads:
        if (route.channel, route.address) not in message.failed_roads:
            return route
    if not open_roads and somebody_opted_out(contacts, channels, opted_out=facts.opted_out):
        return Silence("opted-out", "consent.opt-out")
    return Silence("no-contact", "route.none")


def quiet_zones(facts: Facts, *, planned_zone: str) -> tuple[str, ...]:
    """A business has no quiet hours."""
    customer = facts.customer
    if customer.is_business:
        return ()
    return candidate_zones(
        customer.time_zone, zones_of(customer.country), planned_zone=planned_zone
    )
