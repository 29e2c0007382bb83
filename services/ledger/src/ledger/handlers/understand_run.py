"""What a record of a run says: amounts to minor units, and every check that needs no state."""

from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any

from pydantic_core import to_json

from ledger.domain.checks import amount_minor, day_in_range
from ledger.domain.run import ItemsStated, RunCompleted, RunName, StatedItem, said_id
from ledger.handlers.hash_content import DIGEST_BYTES
from ledger.handlers.know_source import LegalEntityUnknown
from ledger.handlers.read_identity import Identity
from shared.base.ids import object_id
from shared.base.money import exponent
from shared.contracts import erp
from shared.contracts.company import Source
from shared.messaging.cloudevents import PayloadUnreadable


def items_stated(event: erp.ErpOpenItemsStated, identity: Identity, source: Source) -> ItemsStated:
    """One part of the ERP's word on a customer; without parts it is whole."""
    run = _run(event, source)
    if (event.part is None) != (event.parts is None):
        missing = "part" if event.part is None else "parts"
        raise PayloadUnreadable("part and parts go together", pointer=f"/{missing}")
    part, parts = event.part or 1, event.parts or 1
    if part > parts:
        raise PayloadUnreadable(f"part {part} of {parts}", pointer="/part")

    items = [_item(one, source.source, f"/items/{place}") for place, one in enumerate(event.items)]
    assert identity.customer_id is not None
    return ItemsStated(
        said_id(identity.object_id, identity.line),
        run,
        identity.customer_id,
        event.customer_number,
        part,
        parts,
        _content(parts, *sorted(items)),
        tuple(items),
    )


def run_completed(
    event: erp.ErpOpenItemsCompleted, identity: Identity, source: Source
) -> RunCompleted:
    """The end of a run; a currency that comes twice is summed."""
    run, totals = _run(event, source), dict[str, int]()
    for place, one in enumerate(event.totals):
        exponent(one.currency, pointer=f"/totals/{place}/currency")
        minor = amount_minor(abs(one.open), one.currency, f"/totals/{place}/open")
        totals[one.currency] = totals.get(one.currency, 0) + (minor if one.open > 0 else -minor)
    said = said_id(identity.object_id, identity.line)
    said_totals = tuple(sorted(totals.items()))
    content = _content(event.customers, said_totals)
    return RunCompleted(said, run, content, event.customers, said_totals)


def _content(*said: object) -> bytes:
    """The same word said again is known as such, in whatever order its items come."""
    return blake2b(to_json(said), digest_size=DIGEST_BYTES).digest()


def _run(event: erp.ErpOpenItemsStated | erp.ErpOpenItemsCompleted, source: Source) -> RunName:
    if event.legal_entity not in source.legal_entities:
        raise LegalEntityUnknown(
            f"{source.source} does not speak for legal entity {event.legal_entity!r}",
            pointer="/legal_entity",
        )
    as_of = day_in_range(event.as_of, "/as_of")
    return RunName(source.source, event.legal_entity, event.run_id, as_of)


def _item(item: erp.ErpStatedItem, source: str, pointer: str) -> StatedItem:
    exponent(item.currency, pointer=f"{pointer}/currency")
    minor = amount_minor(item.open, item.currency, f"{pointer}/open")
    kind = item.kind.value
    return StatedItem(kind, item.id, object_id(source, kind, item.id), item.currency, minor)


RUNS_UNDERSTOOD: Mapping[type, Callable[[Any, Identity, Source], ItemsStated | RunCompleted]] = {
    erp.ErpOpenItemsStated: items_stated,
    erp.ErpOpenItemsCompleted: run_completed,
}
"""Which function understands which record of a run."""
