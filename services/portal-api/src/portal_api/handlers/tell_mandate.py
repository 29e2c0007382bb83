"""A mandate as others hear of it: what is printed of the means, and never what would charge it."""

from typing import Any

from portal_api.domain.mandate import Mandate, Means
from shared.base.clock import Moment
from shared.base.telling import Telling
from shared.contracts import portal_api as told


def tell_mandate(
    telling: Telling,
    mandate: Mandate,
    fact: type[told.MandateEvent],
    *,
    moment: Moment,
    **more: Any,
) -> None:
    """The whole mandate, as `fact`."""
    assert mandate.means is not None, "of a page nobody hears"
    telling.announce(
        fact(
            customer_id=mandate.customer_id,
            version=mandate.version,
            mandate_id=mandate.mandate_id,
            legal_entity=mandate.legal_entity,
            means=means_told(mandate.means),
            text_version=mandate.agreed.text_version,
            agreed_by=mandate.agreed.by,
            agreed_at=mandate.agreed.at,
            at=moment,
            **more,
        )
    )


def means_told(means: Means) -> told.SavedMeans:
    """What is printed of it."""
    return told.SavedMeans(kind=means.kind, brand=means.brand, last4=means.last4)
