"""One believable example of every event that portal-api tells."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from shared.base.ids import derived_id
from shared.contracts import portal_api
from shared.contracts.event import Event


def portal_examples(customer_id: UUID, morning: datetime) -> Iterator[Event]:
    """The first contact asks to sign in."""
    yield portal_api.SignInAsked(
        customer_id=customer_id,
        sign_in_id=derived_id("sign-in", "example"),
        version=1,
        contact_id="1",
        legal_entity="DE01",
        language="de",
        link_sealed="v1.c2VhbGVkIGZvciB3aG9ldmVyIGhvbGRzIHRoZSBrZXk=",
        expires_at=morning + timedelta(minutes=10),
    )
