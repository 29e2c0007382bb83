"""A mail that answers what a customer did at the portal, or asks them what they think of us."""

from dataclasses import dataclass, field

from notifier.domain.contact import Channel, Route
from notifier.domain.customer import Customer
from shared.base.clock import Moment


@dataclass(frozen=True, slots=True)
class ReplyBrief:
    """`form` says which words; `about` is the request, change or dispute that it is about. From `not_after` on it is
    over. Without `contact_id` it goes to whom reminders go first, and leaves a consumer's night alone.

    `until` is when a silence ends. `link_sealed` is opened only to be carried; its seal is bound to `about`.
    """

    form: str
    about: str
    not_after: Moment
    contact_id: str = ""
    language: str = ""
    until: Moment | None = None
    link_sealed: str = field(default="", repr=False)

    @property
    def waits_for_hours(self) -> bool:
        """Whether we ask, unasked."""
        return not self.contact_id

    def route(self, customer: Customer) -> Route | None:
        """To the contact who asked and nobody else; None when they are gone."""
        for one in customer.contacts:
            if one.contact_id == self.contact_id and one.email:
                return Route(Channel.EMAIL, one.email, one.name, one.contact_id, self.language)
        return None
