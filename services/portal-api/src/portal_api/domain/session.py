"""A session: who is signed in, for which customer, and until when."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from portal_api.domain.contact import Role
from shared.base.clock import Moment
from shared.base.errors import Refusal


class NotSignedIn(Refusal):
    """There is no session, or it has ended: sign in."""

    code, status = "not-signed-in", 401


class SessionExpired(Refusal):
    """The session's time is over: sign in again."""

    code, status = "session-expired", 401


class RoleMissing(Refusal):
    """This contact may not do that; the main contact can have it changed."""

    code, status = "role-missing", 403


@dataclass(frozen=True, slots=True)
class SessionRules:
    """A session ends after `idle` without a request, and after `longest` in any case."""

    idle: timedelta
    longest: timedelta


@dataclass(frozen=True, slots=True)
class Session:
    """`roles` are those that the contact has now, not those at the sign-in; none when the contact is gone, as there is
    no `contact_id` then.
    """

    session_id: UUID
    address: str
    customer_id: UUID
    contact_id: str
    seen_at: Moment
    ends_at: Moment
    ended_at: Moment | None
    roles: frozenset[Role]

    def check(self, rules: SessionRules, *, moment: Moment) -> None:
        """Refuse when it is no session any more."""
        if self.ended_at is not None or not self.roles:
            raise NotSignedIn("the session has ended")
        if self.idle_until(rules) <= moment:
            raise SessionExpired("the session's time is over")

    def idle_until(self, rules: SessionRules) -> Moment:
        """When it ends if nothing more is asked."""
        return min(self.seen_at + rules.idle, self.ends_at)
