"""One believable example of everything we say to ERPs, in the same story."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from shared.base.ids import derived_id
from shared.contracts import erp
from shared.contracts.inbox import (
    AllocationRequested,
    CreditNoteRequested,
    DifferedItem,
    DifferedKind,
    ErpEventRefused,
    InboxEvent,
    OpenItemsDiffered,
    PaymentPostingRequested,
    RefundRequested,
    RequestedAllocation,
    RequestedItem,
    WriteOffRequested,
)
from shared.testing.examples import CUSTOMER, INVOICE, LINE, SOURCE


def inbox_examples() -> Iterator[InboxEvent]:
    """What we say to ERPs."""
    yield ErpEventRefused(
        refused_event_id="RE-2026-0816/1", source=SOURCE, type=erp.ErpInvoicePosted.TYPE, object_id="RE-2026-0816",
        refused_version=1, code="tax-does-not-add-up", pointer="/tax",
        message="net 1000.00 and tax 190.00 make 1190.00, the total says 1200.00",
        customer_id=CUSTOMER, refusal_id=derived_id("refusal", SOURCE, "RE-2026-0816/1"),
    )  # fmt: skip
    yield OpenItemsDiffered(
        difference_id=derived_id("difference", "2026-04-19", INVOICE), version=1, source=SOURCE, run_id="2026-04-19",
        as_of=date(2026, 4, 19), customer_id=CUSTOMER, customer_number="K-10044", legal_entity="DE01",
        item=DifferedItem(kind=DifferedKind.INVOICE, id="RE-2026-0815"), currency="EUR",
        ours="700.00", theirs="680.00",
    )  # fmt: skip

    yield from _requests()


def _requests() -> Iterator[InboxEvent]:
    line: dict[str, Any] = {"source": SOURCE, "customer_id": CUSTOMER, **LINE}
    invoice = RequestedItem(kind=erp.ItemKind.INVOICE, id="RE-2026-0815")
    payment = RequestedItem(kind=erp.ItemKind.PAYMENT, id="ZE-77121")
    part = RequestedAllocation(invoice_id="RE-2026-0815", amount="500.00")
    yield PaymentPostingRequested(
        request_id=_request(1), amount="500.00", value_date=date(2026, 4, 17), provider_reference="pi_3OqX",
        allocations=(part,), **line,
    )  # fmt: skip
    yield CreditNoteRequested(
        request_id=_request(2), item=invoice, amount="240.00", reason="damaged goods", approved_by="jonas.weber", **line
    )  # fmt: skip
    yield WriteOffRequested(
        request_id=_request(3), item=invoice, amount="0.40", reason="not worth a letter", approved_by="jonas.weber",
        **line,
    )  # fmt: skip
    yield RefundRequested(
        request_id=_request(4), item=payment, amount="50.00", reason="paid twice", approved_by="jonas.weber", **line
    )  # fmt: skip
    yield AllocationRequested(
        request_id=_request(5), item=payment, amount="500.00", allocations=(part,), **line
    )


def _request(place: int) -> UUID:
    return derived_id("request", CUSTOMER, place)
