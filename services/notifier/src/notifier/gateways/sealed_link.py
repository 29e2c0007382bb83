"""A link that is a secret: opened for the mail that carries it, and masked in everything that is kept."""

from typing import Final

from notifier.domain.brief import Brief
from notifier.domain.reply import ReplyBrief
from notifier.domain.sign_in import SignInBrief
from shared.base.errors import Refusal
from shared.messaging.seal import Seal

MASKED_LINK: Final = "https://…"


class LinkSealed(Refusal):
    """The operator has not given us the key that opens links."""

    code = "link-sealed"


def opened_link(brief: Brief | None, seal: Seal | None) -> str:
    """In clear; "" for messages that have none. Raises `LinkSealed` without a key, `SealBroken` with another."""
    match brief:
        case SignInBrief():
            sealed, about = brief.link_sealed, brief.sign_in_id
        case ReplyBrief() if brief.link_sealed:
            sealed, about = brief.link_sealed, brief.about
        case _:
            return ""
    if seal is None:
        raise LinkSealed("PORTAL_API_LINK_KEYS is not set")
    return seal.open(sealed, about=about)


def masked(text: str, link: str) -> str:
    """The text as it is kept."""
    return text.replace(link, MASKED_LINK) if link else text
