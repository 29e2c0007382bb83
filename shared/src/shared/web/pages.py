"""Lists a page at a time, and versions that a caller must have seen."""

from typing import Generic, TypeVar

from pydantic import BaseModel

PAGE_ITEMS_MAX = 200
PAGE_ITEMS = 50

Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """`next` is the `cursor` of the page after this one; null on the last."""

    items: list[Item]
    next: str | None = None
