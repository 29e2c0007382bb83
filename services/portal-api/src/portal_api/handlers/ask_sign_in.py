"""Have the link of a sign-in mailed to whom it belongs."""

from uuid import UUID

from portal_api.domain.sign_in import SignIn
from shared.base.telling import Telling
from shared.contracts.portal_api import SignInAsked


def ask_sign_in(
    telling: Telling,
    sign_in: SignIn,
    *,
    customer_id: UUID,
    contact_id: str,
    legal_entity: str,
    language: str,
    link_sealed: str,
) -> None:
    """An address that belongs to several customers is mailed once, as a contact of the first of them."""
    telling.announce(
        SignInAsked(
            customer_id=customer_id,
            version=1,
            sign_in_id=sign_in.sign_in_id,
            contact_id=contact_id,
            legal_entity=legal_entity,
            language=language,
            link_sealed=link_sealed,
            expires_at=sign_in.expires_at,
        )
    )
