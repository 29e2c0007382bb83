"""Secrets of sign-ins and sessions: drawn here, given away once, and kept as their hashes."""

import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final
from uuid import UUID

TOKEN_BYTES: Final = 32
TOKEN_CHARACTERS: Final = 43
TOKEN_FORM: Final = r"^[A-Za-z0-9_-]{43}$"
"""256 bits in base64url."""

CODE_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without signs that look alike."""
CODE_CHARACTERS: Final = 6


@dataclass(frozen=True, slots=True)
class Drawn:
    """The secrets of one sign-in: for the mail, for the eyes of who asked, for their browser."""

    token: str = field(repr=False)
    code: str = field(repr=False)
    browser: str = field(repr=False)


def draw() -> Drawn:
    """New ones."""
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_CHARACTERS))
    return Drawn(draw_token(), code, draw_token())


def draw_token() -> str:
    """256 bits nobody can guess."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_of(secret: str) -> bytes:
    """What is kept of a secret of 256 bits."""
    return sha256(secret.encode()).digest()


def hash_of_code(code: str, sign_in_id: UUID) -> bytes:
    """A code is short, so it is kept with whose it is; blanks, dashes and small letters make no difference."""
    plain = code.upper().replace(" ", "").replace("-", "")
    return sha256(f"{sign_in_id} {plain}".encode()).digest()


def hash_of_asker(kind: str, who: str) -> bytes:
    """Under which the asks of an address or a network are counted: the table names nobody."""
    return sha256(f"{kind} {who}".encode()).digest()
