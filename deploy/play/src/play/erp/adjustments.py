"""What the ERP takes off an item without money: adjustments, posted and cancelled again."""

from play.erp.bodies import adjustment_body
from play.erp.documents import Adjustment, Credit, Invoice
from play.erp.simulator import Erp
from shared.contracts.erp import AdjustmentReason, ErpAdjustmentCancelled


def adjust(
    erp: Erp,
    item: Invoice | Credit,
    minor: int,
    reason: AdjustmentReason,
    *,
    instalment: int | None = None,
    request_id: str | None = None,
) -> Adjustment:
    """Take `minor` off the item, for that reason, today."""
    customer = item.customer
    number = erp.numbers.next(f"{customer.entity.code} adjustment")
    adjustment = Adjustment(
        id=f"{customer.entity.code}-A-{number}",
        item=item,
        minor=minor,
        reason=reason,
        posted_on=erp.today,
        instalment=instalment,
        request_id=request_id,
        version=erp.next_version(0, customer),
    )
    erp.book.adjust(adjustment, on=erp.today)
    erp.tell(customer, adjustment_body(adjustment))
    return adjustment


def undo(erp: Erp, adjustment: Adjustment, *, why: str) -> None:
    """It was a mistake: what it took off is owed again."""
    customer = adjustment.item.customer
    erp.book.undo(adjustment, on=erp.today)
    adjustment.version = erp.next_version(adjustment.version, customer)
    body = ErpAdjustmentCancelled(
        adjustment_id=adjustment.id,
        version=adjustment.version,
        customer_number=customer.number,
        cancelled_on=erp.today,
        reason=why,
    )
    erp.tell(customer, body)
