"""Files that somebody is given to keep: never shown in place, never guessed at, never kept by a proxy."""

import re
from typing import Any, Final

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


def attached(media_type: str) -> dict[int | str, dict[str, Any]]:
    """What a route that answers so says in the document."""
    return {200: {"content": {media_type: {"schema": {"type": "string", "format": "binary"}}}}}
