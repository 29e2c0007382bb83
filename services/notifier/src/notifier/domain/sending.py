"""Whether anything leaves the house at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from notifier.domain.message import Message
from shared.base.clock import Moment
from shared.base.errors import Refusal

ALLOWED_MAX = 1_000


class Mode(StrEnum):
    """`off` is also the emergency stop."""

    OFF = "off"
    ALLOW_LIST = "allow-list"
    LIVE = "live"


class AllowListMissing(Refusal):
    code = "allow-list-missing"


@dataclass(frozen=True, slots=True)
class Sending:
    """The mode, and who may be written to under `allow-list`: addresses, E.164 numbers, or `@domain` for all of one."""

    mode: Mode
    allow_list: tuple[str, ...] = ()
    restored_at: Moment | None = None
    """When the database was last found to be older than what we had told."""

    def __post_init__(self) -> None:
        if self.mode is Mode.ALLOW_LIST and not self.allow_list:
            raise AllowListMissing(
                "mode allow-list wants at least one address", pointer="/allow_list"
            )

    def may_have_left(self, message: Message) -> bool:
        """Whether it could have been handed over, its outcome untold, in a life that the database has forgotten."""
        restored = self.restored_at
        return restored is not None and max(message.due_at, message.planned_at) <= restored

    def allows(self, address: str) -> bool:
        if self.mode is not Mode.ALLOW_LIST:
            return self.mode is Mode.LIVE
        wanted = address.casefold()
        domain = "@" + wanted.rpartition("@")[2]
        return any(entry.casefold() in {wanted, domain} for entry in self.allow_list)


def allow_list_of(entries: Sequence[str]) -> tuple[str, ...]:
    """Trimmed, without doubles, in order."""
    return tuple(dict.fromkeys(entry.strip() for entry in entries if entry.strip()))
