"""PDF: its beginning, its end, and whether anybody can look into it."""

import re
from typing import Final

from disputes.domain.mismatch import PaperEncrypted, mismatch

END_WITHIN_BYTES: Final = 1024
"""Readers look for the end mark so far from the end."""
_HEAD: Final = re.compile(rb"%PDF-[12]\.\d")
_ENCRYPTED: Final = re.compile(rb"/Encrypt\s*(<<|\d)")


def check_pdf(content: bytes) -> None:
    """Raises PaperContentMismatch or PaperEncrypted."""
    tail = content[-END_WITHIN_BYTES:]
    if not _HEAD.match(content) or b"%%EOF" not in tail or b"startxref" not in content:
        raise mismatch("the file is no whole PDF")
    if _ENCRYPTED.search(content):
        raise PaperEncrypted("the PDF is encrypted; save it without a password", pointer="/file")
