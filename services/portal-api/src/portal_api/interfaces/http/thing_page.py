"""Our own page of one thing: its figure, how it stands, its facts, what it consists of, and what one can do."""

from typing import Any, Final

from fastapi import Response

from portal_api.interfaces.http.own_page import Guest, OwnPages

Shown = dict[str, Any]
_NOTHING: Final[Shown] = {
    "figure": "",
    "badge": "",
    "mood": "",
    "text": "",
    "pay": None,
    "answer": None,
    "bring": None,
    "extend": None,
    "notes": (),
    "facts": (),
    "links": (),
    "quotes": (),
    "lists": (),
}


def thing(pages: OwnPages, guest: Guest, legal_entity: str, shown: Shown) -> Response:
    """Filled in with what is said of it; what is not said is left out."""
    return pages.show("thing.html", guest, legal_entity, **(_NOTHING | shown))
