"""Mismatch: a file whose bytes are not what its name says, and what may never be inside one."""

from typing import Final

from shared.base.errors import Refusal

SIGNS: Final = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a PNG",
    b"\xff\xd8\xff": "a JPEG",
    b"GIF8": "a GIF",
    b"PK\x03\x04": "an archive",
    b"PK\x05\x06": "an archive",
    b"\x1f\x8b": "an archive",
    b"BZh": "an archive",
    b"\xfd7zXZ": "an archive",
    b"7z\xbc\xaf": "an archive",
    b"Rar!": "an archive",
    b"\xd0\xcf\x11\xe0": "an Office file of before 2007",
    b"MZ": "a program",
    b"\x7fELF": "a program",
    b"#!": "a program",
    b"{\\rtf": "RTF",
    b"<": "HTML or XML",
}
"""How files begin that no text is."""
ARCHIVES: Final = tuple(sign for sign, what in SIGNS.items() if what == "an archive")


class PaperContentMismatch(Refusal):
    """The content is not what the file's name says."""

    code = "paper-content-mismatch"


class PaperEncrypted(Refusal):
    """It is encrypted: neither the scanner nor we can look into it."""

    code = "paper-encrypted"


class PaperExpandsTooFar(Refusal):
    """It unpacks to more than is taken."""

    code, status = "paper-expands-too-far", 413


class PaperImageTooLarge(Refusal):
    """The image has more pixels than are taken."""

    code, status = "paper-image-too-large", 413


def mismatch(what: str) -> PaperContentMismatch:
    """To be raised."""
    return PaperContentMismatch(what, pointer="/file")


def begins_like_another(content: bytes) -> str:
    """What other kind of file the bytes of a text begin like; "" for none."""
    head = content[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    return next((what for sign, what in SIGNS.items() if head.startswith(sign)), "")
