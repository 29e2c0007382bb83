"""Pictures: PNG and JPEG by their parts, measured by what their headers say; nothing is decoded."""

import struct
from typing import Final

from disputes.domain.mismatch import PaperImageTooLarge, mismatch

PIXELS_MAX: Final = 50_000_000
"""As many as the camera of a good telephone; 200 MB when somebody decodes it."""
PARTS_MAX: Final = 10_000

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG's markers that say how large the image is."""
_SCAN, _END, _BARE = 0xDA, b"\xff\xd9", frozenset({0x01, *range(0xD0, 0xD9)})


def check_png(content: bytes) -> None:
    """Raises PaperContentMismatch or PaperImageTooLarge."""
    if not content.startswith(_PNG) or content[8:16] != b"\x00\x00\x00\rIHDR" or len(content) < 33:
        raise mismatch("the file is no PNG")
    _check_size(*struct.unpack(">II", content[16:24]))

    place, has_image = 8, False
    for _ in range(PARTS_MAX):
        if place + 12 > len(content):
            break
        length, name = struct.unpack(">I4s", content[place : place + 8])
        has_image |= name == b"IDAT"
        place += 12 + length
        if name == b"IEND":
            break
    if place != len(content) or not has_image or content[-8:-4] != b"IEND":
        raise mismatch("the file is no whole PNG, or something follows its end")


def check_jpeg(content: bytes) -> None:
    """Raises PaperContentMismatch or PaperImageTooLarge. Cameras write more behind the image; that is no fault."""
    if not content.startswith(b"\xff\xd8\xff"):
        raise mismatch("the file is no JPEG")
    place, measured = 2, False
    for _ in range(PARTS_MAX):
        if content[place : place + 1] != b"\xff" or place + 4 > len(content):
            break
        marker = content[place + 1]
        if marker == 0xFF or marker in _BARE:
            place += 1 if marker == 0xFF else 2
            continue
        (length,) = struct.unpack(">H", content[place + 2 : place + 4])
        if marker in _FRAMES and place + 9 <= len(content):
            _check_size(*struct.unpack(">HH", content[place + 5 : place + 9]))
            measured = True
        if marker == _SCAN and measured and content.rfind(_END) > place:
            return
        place += 2 + length
    raise mismatch("the file is no whole JPEG")


def _check_size(one: int, other: int) -> None:
    if not one or not other:
        raise mismatch("the image has no size")
    if one * other > PIXELS_MAX:
        raise PaperImageTooLarge(f"an image has at most {PIXELS_MAX} pixels", pointer="/file")
