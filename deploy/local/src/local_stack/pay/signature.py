"""How Stripe signs its calls of our webhooks.

Source: Stripe, "Verify webhook signatures manually": HMAC-SHA256 over timestamp, full stop and raw body.
"""

import hashlib
import hmac


def signature(secret: str, body: bytes, *, at_s: int) -> str:
    """The value of `Stripe-Signature` for that body, signed at that second since 1970."""
    signed = f"{at_s}.".encode() + body

    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={at_s},v1={digest}"
