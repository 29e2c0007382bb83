"""Whether a webhook call is Twilio's: HMAC-SHA1 over the full address and every form field, sorted by name.

Source: Twilio, "Webhooks Security", section "Validating requests".
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping


def is_genuine(given: str, *, auth_token: str, url: str, form: Mapping[str, str]) -> bool:
    """Compared in constant time; nothing is genuine while no token is set."""
    if not auth_token:
        return False
    signed = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    expected = b64encode(hmac.new(auth_token.encode(), signed.encode(), hashlib.sha1).digest())
    return hmac.compare_digest(expected, given.encode("utf-8", "replace"))
