"""Versions over HTTP: `ETag` is the version of the thing; a command says by `If-Match` which one it has seen."""

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header

from shared.base.errors import Refusal

_ETAG = re.compile(r'^"(\d{1,18})"$')


class VersionRequired(Refusal):
    """The command must say, by If-Match, which version it was decided on."""

    code, status = "version-required", 428


class VersionOutdated(Refusal):
    """The thing has changed since: look again, then decide again."""

    code, status = "version-outdated", 412


def etag(version: int) -> str:
    """The header's value for a version."""
    return f'"{version}"'


@dataclass(frozen=True, slots=True)
class Expected:
    """The version a command was decided on; None stands for `*`, any."""

    version: int | None

    def must_be(self, held: int) -> None:
        """Refuse when the thing has another version by now."""
        if self.version is not None and self.version != held:
            raise VersionOutdated(f"version {self.version} was expected, {held} is held")


async def expected(if_match: Annotated[str | None, Header(max_length=100)] = None) -> Expected:
    """What `If-Match` says: one strong tag of ours, or `*`."""
    if if_match is None:
        raise VersionRequired("If-Match is wanted, with the ETag of what was seen")
    if if_match.strip() == "*":
        return Expected(None)

    tag = _ETAG.match(if_match.strip())
    if tag is None:
        raise VersionOutdated(f"{if_match!r} is no version of ours")
    return Expected(int(tag[1]))


ExpectedVersion = Annotated[Expected, Depends(expected)]
