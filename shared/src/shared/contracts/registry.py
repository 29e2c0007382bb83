"""Every event there is, by type: ours and the ERP's."""

from types import ModuleType
from typing import TypeVar

from shared.contracts import disputes, erp, inbox, ledger, notifier, portal_api, scheduler
from shared.contracts.erp import ErpEvent
from shared.contracts.event import Event
from shared.contracts.inbox import InboxEvent

E = TypeVar("E", Event, ErpEvent, InboxEvent)


def _leaves(module: ModuleType, base: type[E]) -> list[type[E]]:
    return [
        kind
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, base) and "TYPE" in vars(kind)
    ]


EVENTS: dict[str, type[Event]] = {
    kind.TYPE: kind
    for teller in (ledger, scheduler, notifier, disputes, portal_api)
    for kind in _leaves(teller, Event)
}
"""Our own facts."""

ERP_EVENTS: dict[str, type[ErpEvent]] = {kind.TYPE: kind for kind in _leaves(erp, ErpEvent)}
"""What an ERP may tell us."""

INBOX_EVENTS: dict[str, type[InboxEvent]] = {kind.TYPE: kind for kind in _leaves(inbox, InboxEvent)}
"""What we say to ERPs."""
