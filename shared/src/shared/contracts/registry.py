"""Every event there is, by type: ours and the ERP's."""

from shared.contracts import erp, ledger, notifier, scheduler
from shared.contracts.erp import ErpEvent
from shared.contracts.event import Event


def _leaves(module: object, base: type) -> list[type]:
    return [
        kind
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, base) and "TYPE" in vars(kind)
    ]


EVENTS: dict[str, type[Event]] = {
    kind.TYPE: kind for teller in (ledger, scheduler, notifier) for kind in _leaves(teller, Event)
}
"""Our own facts."""

ERP_EVENTS: dict[str, type[ErpEvent]] = {kind.TYPE: kind for kind in _leaves(erp, ErpEvent)}
"""What an ERP may tell us."""
