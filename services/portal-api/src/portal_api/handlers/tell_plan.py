"""Tell what has become of a plan: the whole of it, with what is not asked for now."""

from portal_api.domain.owed import Item
from portal_api.domain.plan import Instalment, Plan
from shared.base.clock import Moment
from shared.base.money import decimal_text
from shared.base.telling import Telling
from shared.contracts import portal_api as told


def tell_plan(
    telling: Telling,
    plan: Plan,
    fact: type[told.PlanEvent],
    *,
    moment: Moment,
    number: int | None = None,
) -> None:
    """As it stands now; `number` is the part that is spoken of."""
    terms = plan.terms
    telling.announce(
        fact(
            customer_id=plan.customer_id,
            version=plan.version,
            plan_id=plan.plan_id,
            legal_entity=terms.legal_entity,
            currency=terms.currency,
            state=told.PlanState(plan.state),
            items=tuple(_item(plan, one) for one in plan.items),
            instalments=tuple(_part(plan, one, left) for one, left in plan.left()),
            agreement=told.PlanText(
                version=terms.text_version,
                language=terms.language,
                text=terms.text,
                hash=terms.text_hash,
            ),
            acceptances=tuple(
                told.PlanAcceptance(side=one.side, by=one.by, at=one.at, text_hash=one.text_hash)
                for one in plan.acceptances
            ),
            answer_by=plan.answer_by,
            extended_days=plan.extended_days,
            extension_days_max=terms.extension_days_max,
            needs_approval=terms.needs_approval,
            reason=plan.reason or None,
            number=number,
            at=moment,
        )
    )


def _item(plan: Plan, item: Item) -> told.PlannedItem:
    currency = plan.terms.currency
    return told.PlannedItem(
        invoice_id=item.invoice_id,
        invoice_number=item.invoice_number,
        amount=decimal_text(item.minor, currency),
        paid=decimal_text(item.paid_minor, currency),
        held=decimal_text(plan.held_minor(item), currency),
        left=decimal_text(item.left_minor, currency),
    )


def _part(plan: Plan, part: Instalment, left: int) -> told.PlannedPart:
    currency = plan.terms.currency
    return told.PlannedPart(
        number=part.number,
        due_on=part.due_on,
        until=plan.until(part),
        amount=decimal_text(part.minor, currency),
        paid=decimal_text(part.paid_minor, currency),
        left=decimal_text(left, currency),
    )
