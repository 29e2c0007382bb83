"""Lists a page at a time, by a signed opaque cursor over what they are sorted by and the id."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query, Request
from itsdangerous import BadData, URLSafeSerializer
from pydantic import BaseModel

from shared.base.errors import Refusal

PAGE_ITEMS = 50
PAGE_ITEMS_MAX = 200
CURSOR_CHARACTERS_MAX = 1_000

Item = TypeVar("Item")
Sort = TypeVar("Sort")
Id = TypeVar("Id")


class CursorUnreadable(Refusal):
    """The cursor is not one that this list gave out."""

    code, status = "cursor-unreadable", 400


class Page(BaseModel, Generic[Item]):
    """`next` is the `cursor` of the page after this one; null on the last."""

    items: list[Item]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page is asked for: read `rows` rows whose (sort, id) is beyond `after`, then make the `page`."""

    limit: int
    after: tuple[str, ...] | None
    """Position of the last item of the page before, as texts; None for the first page."""
    _seal: Callable[[], URLSafeSerializer]

    @property
    def rows(self) -> int:
        """So many are read: one too many says that there is a next page."""
        return self.limit + 1

    def beyond(
        self, read_sort: Callable[[str], Sort], read_id: Callable[[str], Id]
    ) -> tuple[Sort, Id] | None:
        """`after` as it was before it was text, such as `beyond(date.fromisoformat, UUID)`."""
        if self.after is None:
            return None
        sort, last_id = self.after
        return read_sort(sort), read_id(last_id)

    def page(
        self, found: Sequence[Item], position: Callable[[Item], tuple[object, ...]]
    ) -> Page[Item]:
        """The page; an item too many means that there is a next one. Dates and ids in a position become ISO texts."""
        items = list(found[: self.limit])
        if len(found) <= self.limit:
            return Page(items=items)

        sealed = self._seal().dumps([str(part) for part in position(items[-1])])
        return Page(items=items, next=sealed if isinstance(sealed, str) else sealed.decode())


async def asked(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=PAGE_ITEMS_MAX)] = PAGE_ITEMS,
    cursor: Annotated[str | None, Query(max_length=CURSOR_CHARACTERS_MAX)] = None,
) -> Asked:
    """The page asked for; a cursor is good for the path that gave it out, and no other."""
    seal = partial(_seal, request)
    if cursor is None:
        return Asked(limit, None, seal)

    try:
        return Asked(limit, tuple(seal().loads(cursor)), seal)
    except BadData as error:
        raise CursorUnreadable("the cursor is not one that this list gave out") from error


def _seal(request: Request) -> URLSafeSerializer:
    return URLSafeSerializer(request.app.state.cursor_secret, salt=f"cursor of {request.url.path}")


Paging = Annotated[Asked, Depends(asked)]
