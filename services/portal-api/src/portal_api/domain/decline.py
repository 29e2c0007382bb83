"""Why a provider declined a payment, and what the payer can do next.

Source of the codes: Stripe, "Decline codes" (docs.stripe.com/declines/codes). What is not known here may be tried again
by the payer; autopay keeps to its own rails. `R…`: Nacha's return codes; these three take the authorisation back.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class NextStep(StrEnum):
    """What the payer can do."""

    AUTHENTICATE = "authenticate"
    """A soft decline: the bank wants to see that it is them. Never tried again without them."""
    OTHER_MEANS = "other-means"
    """The bank says not to try this card or account again."""
    TRY_AGAIN = "try-again"


SOFT: Final = frozenset(
    {
        "authentication_required",
        "authentication_not_handled",
        "card_declined_authentication_required",
        "payment_intent_authentication_failure",
        "requires_action",
    }
)
DO_NOT_RETRY: Final = frozenset(
    {
        *("fraudulent", "lost_card", "stolen_card", "pickup_card", "restricted_card"),
        *("merchant_blacklist", "security_violation", "stop_payment_order"),
        *("revocation_of_authorization", "revocation_of_all_authorizations"),
        *("transaction_not_allowed", "not_permitted", "service_not_allowed", "invalid_account"),
        *(
            "expired_card",
            "new_account_information_available",
            "account_closed",
            "debit_not_authorized",
        ),
        *("R07", "R10", "R29"),
    }
)


@dataclass(frozen=True, slots=True)
class Decline:
    """`code` is the provider's word; `attempt` its id of the attempt, "" where it gives none."""

    code: str
    attempt: str = ""

    @property
    def next_step(self) -> NextStep:
        """What the payer can do now."""
        if self.code in SOFT:
            return NextStep.AUTHENTICATE
        return NextStep.OTHER_MEANS if self.code in DO_NOT_RETRY else NextStep.TRY_AGAIN
