"""Files that somebody is given to keep: never shown in place, never guessed at, never kept by a proxy."""

import re
from typing import Any, Final
from urllib.parse import quote

from fastapi.responses import Response

PDF: Final = "application/pdf"
CSV: Final = "text/csv"
NAME_CHARACTERS_MAX: Final = 80

_NOT_IN_FILE_NAMES: Final = re.compile(r"[^A-Za-z0-9.-]+")


def attachment(content: bytes, media_type: str, *name: str) -> Response:
    """The answer; its file is called by what of the name no system stumbles over."""
    said = (_NOT_IN_FILE_NAMES.sub("-", part).strip("-.") for part in name)
    stem = "-".join(part for part in said if part)[:NAME_CHARACTERS_MAX]
    kind = f"{media_type}; charset=utf-8" if media_type == CSV else media_type
    return Response(
        content,
        media_type=kind,
        headers={
            "Content-Disposition": f'attachment; filename="{stem}.{media_type.partition("/")[2]}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


def kept_headers(name: str, media_type: str) -> dict[str, str]:
    """All that a file is served with which somebody brought: to be saved, and never to be run in a page of ours. Its
    name is safe; its type is one that we chose, never one that was declared.
    """
    plain = "".join(sign if sign.isascii() else "_" for sign in name)
    called = f"filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return {
        "Content-Type": media_type,
        "Content-Disposition": f"attachment; {called}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
    }


def attached(*media_types: str) -> dict[int | str, dict[str, Any]]:
    """What a route that answers so says in the document."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    return {200: {"content": dict.fromkeys(media_types, binary)}}
