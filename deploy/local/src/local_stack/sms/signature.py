"""How Twilio signs its calls of our webhooks.

Source: Twilio, "Webhooks Security": the full address, then every form field sorted by name, name and
value without delimiters; HMAC-SHA1 with the auth token as key; base64.
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping


def signature(auth_token: str, url: str, fields: Mapping[str, str]) -> str:
    """The value of `X-Twilio-Signature` for a form POST to the address."""
    signed = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))

    digest = hmac.new(auth_token.encode(), signed.encode(), hashlib.sha1).digest()
    return b64encode(digest).decode()
