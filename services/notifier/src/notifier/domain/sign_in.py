"""A link by which somebody signs in at the portal: mailed to the contact who asked, while it is good."""

from dataclasses import dataclass, field

from notifier.domain.contact import Channel, Route
from notifier.domain.customer import Customer
from shared.base.clock import Moment


@dataclass(frozen=True, slots=True)
class SignInBrief:
    """The link is opened only to be carried; its seal is bound to `sign_in_id`. From `not_after` on it is over."""

    sign_in_id: str
    contact_id: str
    language: str
    not_after: Moment
    link_sealed: str = field(repr=False)

    def route(self, customer: Customer) -> Route | None:
        """To the contact who asked and nobody else, whatever they have opted out of; None when they are gone."""
        for one in customer.contacts:
            if one.contact_id == self.contact_id and one.email:
                return Route(Channel.EMAIL, one.email, one.name, one.contact_id, self.language)
        return None
