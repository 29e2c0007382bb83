"""The link of a sign-in: opened for the mail that carries it, and masked in everything that is kept."""

from typing import Final

from notifier.domain.brief import Brief
from notifier.domain.sign_in import SignInBrief
from shared.base.errors import Refusal
from shared.messaging.seal import Seal

MASKED_LINK: Final = "https://…"


class LinkSealed(Refusal):
    """The operator has not given us the key that opens links."""

    code = "link-sealed"


def opened_link(brief: Brief | None, seal: Seal | None) -> str:
    """In clear; "" for messages that have none. Raises `LinkSealed` without a key, `SealBroken` with another."""
    if not isinstance(brief, SignInBrief):
        return ""
    if seal is None:
        raise LinkSealed("PORTAL_API_LINK_KEYS is not set")
    return seal.open(brief.link_sealed, about=brief.sign_in_id)


def masked(text: str, link: str) -> str:
    """The text as it is kept."""
    return text.replace(link, MASKED_LINK) if link else text
