"""Names of papers: what a file was called where it came from, as far as every system may call it so."""

import re
import unicodedata
from typing import Final

from shared.base.errors import Refusal

NAME_CHARACTERS_MAX: Final = 120
NAME_BYTES_MAX: Final = 200
"""In UTF-8; file systems take 255, and whoever saves it may put something before."""

_NEVER: Final = frozenset('/\\<>:"|?*%;')
"""Signs of paths, of streams, of headers, and of their escapes."""
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of what does not show, or shows other signs elsewhere than they are, as right-to-left overrides do."""
_RESERVED: Final = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])", re.IGNORECASE
)
"""Devices on Windows, whatever stands behind the dot."""


class PaperNameInvalid(Refusal):
    """The file's name is none that is safe everywhere."""

    code = "paper-name-invalid"


def safe_name(given: str) -> str:
    """The name, composed (NFC). What is not safe is refused, not mended: a trick is never half understood."""
    name = unicodedata.normalize("NFC", given)
    if wrong := _wrong(name):
        raise PaperNameInvalid(f"a name of a file is wanted, but this one {wrong}", pointer="/file")
    return name


def ending(name: str) -> str:
    """What stands behind the last dot, in small letters; "" without one."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def _wrong(name: str) -> str:
    size = len(name.encode("utf-8", "replace"))
    wrongs = {
        "is empty": not name.strip(),
        "is too long": len(name) > NAME_CHARACTERS_MAX or size > NAME_BYTES_MAX,
        "has signs that do not show": any(unicodedata.category(sign) in _UNSEEN for sign in name),
        "has signs that no name may have": bool(_NEVER & set(name)),
        "begins or ends with a dot or a space": name.startswith((".", " "))
        or name.endswith((".", " ")),
        "is the name of a device": bool(_RESERVED.fullmatch(name.partition(".")[0].strip())),
    }
    return next((what for what, is_so in wrongs.items() if is_so), "")
