"""Silence: why an item is not spoken of. The first reason that holds is the one that is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from scheduler.domain.customer import Customer, LegalEntity
from scheduler.domain.hold import AmountHold, Hold
from scheduler.domain.item import Item
from shared.base.clock import Moment

EVERYWHERE = "customer"


@dataclass(frozen=True, slots=True)
class Hush:
    """A reason for silence: `rule` names the rule, `scope` what it reaches, `detail` what a person should know."""

    reason: str
    rule: str
    scope: str = EVERYWHERE
    detail: str = ""


def hush_of_customer(customer: Customer) -> Hush | None:
    """What silences the customer everywhere, by what they are and how sure we are of our data."""
    if customer.doubts:
        return Hush("erp-data-incomplete", "silence.doubt", detail=", ".join(customer.doubts))
    if customer.version == 0 or not customer.known:
        return Hush("customer-unknown", "silence.customer-unknown")
    if customer.merged_into:
        return Hush("customer-merged", "silence.customer-merged", detail=customer.merged_into)
    if customer.kind == "intercompany":
        return Hush("intercompany", "silence.kind")
    if customer.status != "active":
        return Hush(f"customer-{customer.status}", "silence.status")
    return None


def hush_of_item(
    item: Item,
    *,
    customer: Customer,
    entity: LegalEntity,
    holds: list[Hold],
    held_minor: int,
    amounts: Sequence[AmountHold],
    today: date,
    moment: Moment,
) -> Hush | None:
    """What silences this item: holds that reach it, or how it is paid. `today` is the legal entity's day.

    `held_minor` is what holds on amounts keep back of it: the ERP's, and `amounts`, by other services.
    """
    for asked in customer.holds:
        if asked.stands(today) and asked.legal_entity in {None, entity.code}:
            scope = asked.legal_entity or EVERYWHERE
            return Hush("erp-hold", "silence.erp-hold", scope, asked.reason)
    for hold in holds:
        if hold.stands(moment) and hold.covers(item.legal_entity, item.invoice_id):
            scope = str(hold.invoice_id or hold.legal_entity or EVERYWHERE)
            return Hush(f"{hold.kind}-hold", "silence.hold", scope, hold.reason)
    if item.direct_debit and not item.returned:
        return Hush("direct-debit", "silence.direct-debit", entity.code)
    if held_minor >= item.open_minor:
        reasons = [hold.reason for hold in item.holds if hold.stands(today)]
        reasons += [f"{hold.kind}: {hold.reason}" for hold in amounts]
        return Hush("invoice-held", "silence.invoice-hold", entity.code, ", ".join(reasons))
    return None
