"""Say in which parts we would agree to be paid, within the rails, and in which words."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from portal_api.domain.agreement import Agreement, Facts
from portal_api.domain.answers import Answers
from portal_api.domain.owed import Item
from portal_api.domain.plan import Instalment, Terms
from portal_api.domain.plan_rails import PlanRails
from portal_api.domain.quote import Quote, instalments_of, smallest_part
from portal_api.handlers.take_items import Wanted, check_left, take_items
from shared.base.clock import Moment
from shared.base.days import local_day
from shared.base.ids import derived_id


class Asked(NamedTuple):
    """What a customer asks for: from that day on, in so many monthly parts."""

    wanted: Sequence[Wanted]
    first_on: date
    parts: int


class Asker(NamedTuple):
    """For whom, and in which language; the text names the customer by number, and us by the entity's name."""

    customer_id: UUID
    customer_number: str
    language: str
    legal_entity_names: dict[str, str]


def quote_plan(
    answers: Answers,
    asked: Asked,
    rails: PlanRails,
    agreement: Agreement,
    *,
    asker: Asker,
    moment: Moment,
) -> Quote:
    """A quote; nothing is held, and nothing is told."""
    legal_entity, currency, items = take_items(answers, asked.wanted)
    today = local_day(moment, rails.zone(legal_entity))
    rails.check_currency(currency)
    rails.check_days(asked.first_on, asked.parts, today=today)
    check_left(answers, items, currency)
    instalments = _parts(items, asked, rails, currency)

    name = asker.legal_entity_names.get(legal_entity, legal_entity)
    facts = Facts(
        *(name, asker.customer_number, currency, items, instalments),
        *(rails.grace_days, rails.extension_days_max),
    )
    terms = Terms(
        *(legal_entity, currency, rails.grace_days, rails.extension_days_max),
        rails.needs_approval(sum(one.minor for one in items), currency),
        *agreement.words(facts, asker.language),
    )
    return Quote(
        quote_id=derived_id("plan-quote", asker.customer_id, moment.isoformat(), terms.text_hash),
        customer_id=asker.customer_id,
        terms=terms,
        items=items,
        instalments=instalments,
        made_at=moment,
        valid_until=rails.valid_until(moment),
    )


def _parts(
    items: Sequence[Item], asked: Asked, rails: PlanRails, currency: str
) -> list[Instalment]:
    whole = sum(one.minor for one in items)
    rails.check_part(smallest_part(whole, asked.parts, rails.deposit_per_cent), currency)
    return instalments_of(
        whole,
        first_on=asked.first_on,
        parts=asked.parts,
        deposit_per_cent=rails.deposit_per_cent,
    )
