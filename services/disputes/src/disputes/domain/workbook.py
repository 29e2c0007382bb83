"""XLSX: an archive whose parts are a workbook's, unpacked a block at a time and only to be counted."""

import io
import zipfile
import zlib
from typing import Final

from disputes.domain.mismatch import (
    ARCHIVES,
    PaperEncrypted,
    PaperExpandsTooFar,
    mismatch,
)

PARTS_MAX: Final = 1_000
UNPACKED_BYTES_MAX: Final = 100 * 1024 * 1024
RATIO_MAX: Final = 200
"""Unpacked to packed bytes of a part; a sheet full of the same number has some 50."""
RATIO_COUNTS_FROM_BYTES: Final = 1024 * 1024
"""A part that unpacks to less harms nobody, whatever its ratio."""
BLOCK_BYTES: Final = 65_536
KINDS_BYTES_MAX: Final = 1024 * 1024

_ENTRY: Final = b"PK\x01\x02"
"""Begins each entry of an archive's table of contents, held in memory before anybody can say how long it is."""

_KINDS: Final = "[Content_Types].xml"
_WORKBOOK: Final = "xl/workbook.xml"
_IS_WORKBOOK: Final = b"spreadsheetml.sheet.main+xml"
_ENCRYPTED: Final = 0x1
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


def check_workbook(content: bytes) -> None:
    """Raises PaperContentMismatch, PaperEncrypted, or PaperExpandsTooFar for a zip bomb of any make."""
    if (
        content.startswith(b"\xd0\xcf\x11\xe0")
        and "EncryptedPackage".encode("utf-16-le") in content
    ):
        raise PaperEncrypted(
            "the workbook is encrypted; save it without a password", pointer="/file"
        )
    if not content.startswith(b"PK\x03\x04"):
        raise mismatch("the file is no XLSX workbook")
    if content.count(_ENTRY) > PARTS_MAX:
        raise _too_far(f"a workbook has at most {PARTS_MAX} parts")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_parts(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise mismatch(f"the workbook cannot be read: {error}"[:200]) from error


def _check_parts(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if sum(part.file_size for part in parts) > UNPACKED_BYTES_MAX:
        raise _too_far(f"a workbook unpacks to at most {UNPACKED_BYTES_MAX} bytes")
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise PaperEncrypted(
            "the workbook is encrypted; save it without a password", pointer="/file"
        )
    if len(set(names)) < len(names) or not {_KINDS, _WORKBOOK} <= set(names):
        raise mismatch("the archive is no XLSX workbook")
    if any(part.compress_type not in _METHODS for part in parts):
        raise mismatch("the workbook is packed as no workbook is")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise mismatch("the workbook has macros; save it as XLSX without them")

    left = UNPACKED_BYTES_MAX
    for part in parts:
        left -= _unpacked(archive, part, left)
    with archive.open(_KINDS) as kinds:
        if _IS_WORKBOOK not in kinds.read(KINDS_BYTES_MAX):
            raise mismatch("the archive is no XLSX workbook")


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    """Bytes of the part, counted whatever it says of itself; what is more than it said fails its checksum."""
    read = 0
    with archive.open(part) as file:
        while block := file.read(BLOCK_BYTES):
            if not read and block.startswith(ARCHIVES):
                raise _too_far("there is an archive in the archive")
            read += len(block)
            ratio = read / max(part.compress_size, 1)
            if read > left or (read > RATIO_COUNTS_FROM_BYTES and ratio > RATIO_MAX):
                raise _too_far(f"the workbook unpacks more than {RATIO_MAX} fold")
    return read


def _too_far(what: str) -> PaperExpandsTooFar:
    return PaperExpandsTooFar(what, pointer="/file")
