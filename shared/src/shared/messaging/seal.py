"""Secrets on the bus: sealed for whoever holds the key, so that topic, tables and logs carry what nobody can use.

Authenticated encryption (AES-256-GCM, a nonce drawn for each seal). What is sealed is bound to what it is about: the
seal of one sign-in opens no other.
"""

import base64
import binascii
import secrets
from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.base.errors import Refusal

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
_FORM: Final = "v1."


class SealBroken(Refusal):
    """None of our keys opens it, or it is about something else."""

    code = "seal-broken"


class KeyUnfit(Refusal):
    """A key is 32 bytes, written in base64url."""

    code = "key-unfit"


class Seal:
    """The first key closes, every one opens: a new key is put first, and the old one taken away a while later."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._ciphers = [AESGCM(key) for key in keys]

    @classmethod
    def of(cls, written: str) -> "Seal | None":
        """From a setting: keys in base64url, several by comma; None for "". Raises `KeyUnfit`."""
        keys = [_key(one.strip()) for one in written.split(",") if one.strip()]
        return cls(keys) if keys else None

    def close(self, secret: str, *, about: str) -> str:
        """The sealed text; the same secret never looks the same twice."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._ciphers[0].encrypt(nonce, secret.encode(), about.encode())
        return _FORM + base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, sealed: str, *, about: str) -> str:
        """The secret. Raises `SealBroken`."""
        try:
            raw = base64.urlsafe_b64decode(sealed.removeprefix(_FORM))
        except (binascii.Error, ValueError):
            raise SealBroken("that is no seal of ours") from None
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], about.encode()).decode()
            except (InvalidTag, ValueError):
                continue
        raise SealBroken("no key of ours opens this seal")


def _key(written: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyUnfit(f"a key is {KEY_BYTES} bytes in base64url")
    return key
