"""One believable example of every event: a small story of one customer, told by all."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from shared.base.ids import derived_id, object_id
from shared.contracts import disputes, erp, ledger, notifier, scheduler
from shared.contracts.erp import ErpEvent
from shared.contracts.event import Event
from shared.testing.dispute_examples import dispute_examples
from shared.testing.portal_examples import portal_examples

SOURCE = "urn:acme:erp:de01"
CUSTOMER = object_id(SOURCE, "customer", "K-10044")
INVOICE = object_id(SOURCE, "invoice", "RE-2026-0815")
SECOND_INVOICE = object_id(SOURCE, "invoice", "RE-2026-0844")
PAYMENT = object_id(SOURCE, "payment", "ZE-77121")
CREDIT_NOTE = object_id(SOURCE, "credit-note", "GS-2026-0042")
REMINDER = derived_id("reminder", CUSTOMER, "DE01", date(2026, 4, 20))
ESCALATION = derived_id("escalation", CUSTOMER, "DE01", "account-owner")
HOLD = derived_id("hold", CUSTOMER, "manual", 1)
MESSAGE = derived_id("message", REMINDER)
MORNING = datetime(2026, 4, 20, 7, 0, tzinfo=UTC)

_ALLOCATIONS = (erp.ErpAllocation(invoice_id="RE-2026-0815", amount=Decimal("500.00")),)
LINE: dict[str, Any] = {"customer_number": "K-10044", "legal_entity": "DE01", "currency": "EUR"}


def erp_examples() -> Iterator[ErpEvent]:
    """What an ERP publishes."""
    yield from _erp_customers()
    yield from _erp_invoices()
    yield from _erp_corrections()
    yield from _erp_payments()
    yield from _erp_balances()


def _erp_customers() -> Iterator[ErpEvent]:
    yield erp.ErpCustomerChanged(
        customer_number="K-10044", version=3, name="Muster Maschinenbau GmbH", kind=erp.Kind.BUSINESS,
        status=erp.CustomerStatus.ACTIVE, legal_entity="DE01", country="DE", language="de", time_zone="Europe/Berlin",
        contacts=(
            erp.ErpContact(
                contact_id="1", name="Erika Muster", role=erp.Role.ACCOUNTS_PAYABLE, email="erika@muster.example",
                phone="+4930901820", language="de", preferred_channel=erp.Channel.EMAIL, opted_out=(erp.Channel.SMS,),
            ),
        ),
        account_owner=erp.ErpOwner(name="Jonas Weber", email="jonas.weber@acme.example"),
        credit_limit=erp.ErpCreditLimit(amount=Decimal("25000.00"), currency="EUR"),
        customer_since=date(2019, 5, 1),
        holds=(erp.ErpCustomerHold(reason="annual talks", until=date(2026, 3, 31), legal_entity="DE01"),),
    )  # fmt: skip


def _erp_invoices() -> Iterator[ErpEvent]:
    yield erp.ErpInvoicePosted(
        invoice_id="RE-2026-0815", version=2, invoice_number="2026-0815", kind=erp.InvoiceKind.INVOICE, **LINE,
        issued_on=date(2026, 3, 10), due_on=date(2026, 4, 9), total=Decimal("1200.00"), net=Decimal("1000.00"),
        tax=Decimal("200.00"), payment_method=erp.InvoicePaymentMethod.TRANSFER, payment_reference="RF18 2026 0815",
        purchase_order="PO-4711", document_url="https://documents.acme.example/2026-0815.pdf",
        holds=(erp.ErpInvoiceHold(reason="goods under inspection", amount=Decimal("100.00"), until=date(2026, 4, 1)),),
    )  # fmt: skip
    yield erp.ErpInvoiceCancelled(
        invoice_id="RE-2026-0815",
        version=3,
        customer_number="K-10044",
        cancelled_on=date(2026, 5, 2),
        reason="duplicate",
    )


def _erp_corrections() -> Iterator[ErpEvent]:
    yield erp.ErpCreditNotePosted(
        credit_note_id="GS-2026-0042", version=1, credit_note_number="GS-42", kind=erp.CreditNoteKind.CREDIT_NOTE,
        **LINE, issued_on=date(2026, 4, 15), total=Decimal("240.00"), net=Decimal("200.00"), tax=Decimal("40.00"),
        corrects_invoice_id="RE-2026-0815", reason="two parts damaged",
        allocations=(erp.ErpAllocation(invoice_id="RE-2026-0815", amount=Decimal("240.00")),),
    )  # fmt: skip
    yield erp.ErpCreditNoteCancelled(
        credit_note_id="GS-2026-0042",
        version=2,
        customer_number="K-10044",
        cancelled_on=date(2026, 5, 2),
    )
    yield erp.ErpAdjustmentPosted(
        adjustment_id="A-9", version=1, **LINE, item=erp.ErpItem(kind=erp.ItemKind.INVOICE, id="RE-2026-0815"),
        amount=Decimal("0.03"), reason=erp.AdjustmentReason.SMALL_DIFFERENCE, posted_on=date(2026, 5, 4),
    )  # fmt: skip
    yield erp.ErpAdjustmentCancelled(
        adjustment_id="A-9", version=2, customer_number="K-10044", cancelled_on=date(2026, 5, 5)
    )


def _erp_payments() -> Iterator[ErpEvent]:
    yield erp.ErpPaymentReceived(
        payment_id="ZE-77121", version=1, **LINE, value_date=date(2026, 4, 17), amount=Decimal("500.00"),
        method=erp.PaymentMethod.TRANSFER, reference="2026-0815", bank_reference="E2E-0815",
        allocations=_ALLOCATIONS,
    )  # fmt: skip
    yield erp.ErpPaymentReturned(
        payment_id="ZE-77121", version=2, customer_number="K-10044", returned_on=date(2026, 4, 24),
        amount=Decimal("500.00"), reason=erp.ReturnReason.BANK_RETURN,
    )  # fmt: skip
    yield erp.ErpPaymentCancelled(
        payment_id="ZE-77121", version=3, customer_number="K-10044", cancelled_on=date(2026, 4, 25)
    )
    yield erp.ErpAllocationsSet(
        credit=erp.ErpCredit(kind=erp.CreditKind.PAYMENT, id="ZE-77121"), version=1, customer_number="K-10044",
        allocations=_ALLOCATIONS,
    )  # fmt: skip


def _erp_balances() -> Iterator[ErpEvent]:
    yield erp.ErpOpenItemsStated(
        run_id="2026-04-19", customer_number="K-10044", legal_entity="DE01", as_of=date(2026, 4, 19), part=1, parts=1,
        items=(
            erp.ErpStatedItem(
                kind=erp.ItemKind.INVOICE, id="RE-2026-0815", currency="EUR", open=Decimal("700.00")
            ),
        ),
    )  # fmt: skip
    yield erp.ErpOpenItemsCompleted(
        run_id="2026-04-19", legal_entity="DE01", as_of=date(2026, 4, 19), customers=1,
        totals=(erp.ErpTotal(currency="EUR", open=Decimal("700.00")),),
    )  # fmt: skip
    yield erp.ErpRequestRefused(request_id="R-17", reason="period closed")


def our_examples() -> Iterator[Event]:
    """What our services tell."""
    yield from _ledger_examples()
    yield from _scheduler_examples()
    yield from _notifier_examples()
    yield from portal_examples(CUSTOMER, INVOICE, MORNING)
    yield from dispute_examples(CUSTOMER, INVOICE)


def _ledger_examples() -> Iterator[Event]:
    yield ledger.CustomerChanged(
        customer_id=CUSTOMER, version=4, source=SOURCE, customer_number="K-10044", known=True,
        name="Muster Maschinenbau GmbH", kind=erp.Kind.BUSINESS, country="DE", language="de", legal_entity="DE01",
        time_zone="Europe/Berlin",
        contacts=(
            ledger.Contact(
                contact_id="1", name="Erika Muster", role=erp.Role.ACCOUNTS_PAYABLE, email="erika@muster.example"
            ),
        ),
        account_owner=ledger.Owner(name="Jonas Weber", email="jonas.weber@acme.example"),
        credit_limit=ledger.CreditLimit(amount="25000.00", currency="EUR"), customer_since=date(2019, 5, 1),
        doubts=(ledger.Doubt(code="tax-does-not-add-up", since=MORNING, record="812"),),
    )  # fmt: skip
    for kind, version, open_, status in (
        (ledger.InvoiceOpened, 1, "1200.00", "open"), (ledger.InvoiceAmended, 2, "1150.00", "open"),
        (ledger.InvoiceSettled, 4, "0.00", "settled"), (ledger.InvoiceReopened, 5, "500.00", "open"),
        (ledger.InvoiceCancelled, 6, "0.00", "cancelled"),
    ):  # fmt: skip
        yield kind(**_invoice(version, open_, status))
    yield from _payment_examples()


def _payment_examples() -> Iterator[Event]:
    for paid, version, returned, unapplied, state in (
        (ledger.PaymentReceived, 1, "0.00", "500.00", "received"),
        (ledger.PaymentApplied, 2, "0.00", "0.00", "received"),
        (ledger.PaymentReturned, 3, "500.00", "0.00", "returned"),
        (ledger.PaymentCancelled, 4, "0.00", "0.00", "cancelled"),
    ):  # fmt: skip
        yield paid(
            customer_id=CUSTOMER, payment_id=PAYMENT, version=version, source=SOURCE, source_id="ZE-77121",
            legal_entity="DE01", value_date=date(2026, 4, 17), currency="EUR", amount="500.00", returned=returned,
            unapplied=unapplied, method=erp.PaymentMethod.TRANSFER, reference="2026-0815",
            status=ledger.PaymentStatus(state), returned_on=date(2026, 4, 24) if version == 3 else None,
            allocations=(ledger.Allocation(invoice_id=INVOICE, amount="500.00"),) if version == 2 else (),
            invoices=(ledger.Invoice(**_invoice(3, "700.00", "open")),) if version == 2 else (),
        )  # fmt: skip
    for credited, version, unapplied, state in (
        (ledger.CreditPosted, 1, "240.00", "posted"), (ledger.CreditApplied, 2, "0.00", "posted"),
        (ledger.CreditCancelled, 3, "0.00", "cancelled"),
    ):  # fmt: skip
        yield credited(
            customer_id=CUSTOMER, credit_note_id=CREDIT_NOTE, version=version, source=SOURCE, source_id="GS-2026-0042",
            credit_note_number="GS-42", kind=erp.CreditNoteKind.CREDIT_NOTE, legal_entity="DE01",
            issued_on=date(2026, 4, 15), currency="EUR", total="240.00", unapplied=unapplied,
            status=ledger.CreditStatus(state),
            allocations=(ledger.Allocation(invoice_id=INVOICE, amount="240.00"),) if version == 2 else (),
        )  # fmt: skip
    yield ledger.DeductionClaimed(
        customer_id=CUSTOMER, version=1, deduction_id=derived_id("deduction", INVOICE, 0), invoice_id=INVOICE,
        request_id=derived_id("request", CUSTOMER, 0), invoice_number="2026-0815", legal_entity="DE01", currency="EUR",
        amount="100.00", value_date=date(2026, 4, 17), reason=disputes.Reason.DAMAGED,
        words="Two of the pumps came broken.", entered_by="ada",
    )  # fmt: skip


def _invoice(version: int, open_: str, status: str) -> dict[str, Any]:
    return {
        "customer_id": CUSTOMER, "invoice_id": INVOICE, "version": version, "source": SOURCE,
        "source_id": "RE-2026-0815", "invoice_number": "2026-0815", "kind": erp.InvoiceKind.INVOICE,
        "legal_entity": "DE01", "issued_on": date(2026, 3, 10), "due_on": date(2026, 4, 9), "currency": "EUR",
        "total": "1200.00", "open": open_, "status": ledger.InvoiceStatus(status),
        "instalments": (
            ledger.Instalment(number=1, due_on=date(2026, 4, 9), amount="1200.00", open=open_),
        ),
        "payment_reference": "RF18 2026 0815",
        "discounts": (ledger.Discount(until=date(2026, 3, 20), amount="24.00", pays="1176.00"),),
    }  # fmt: skip


def _scheduler_examples() -> Iterator[Event]:
    step = scheduler.StepTaken(number=1, name="first reminder", tone=scheduler.Tone.FRIENDLY)
    item, soon = _reminder_items(step)
    yield scheduler.ReminderPlanned(
        customer_id=CUSTOMER, reminder_id=REMINDER, version=1, legal_entity="DE01", policy="standard", policy_version=1,
        segment="standard", step=step, firmest_step_max=1, channels=(erp.Channel.EMAIL, erp.Channel.SMS),
        contact_day=date(2026, 4, 20), not_before=MORNING, not_after=datetime(2026, 4, 20, 15, tzinfo=UTC),
        time_zone="Europe/Berlin", gap_days=15, items=(item, soon),
    )  # fmt: skip
    yield scheduler.ReminderWithdrawn(
        customer_id=CUSTOMER,
        reminder_id=REMINDER,
        version=2,
        legal_entity="DE01",
        reason="all-items-settled",
    )
    yield scheduler.EscalationRaised(
        customer_id=CUSTOMER, escalation_id=ESCALATION, version=1, legal_entity="DE01",
        level=scheduler.EscalationLevel.ACCOUNT_OWNER,
        to=scheduler.Person(name="Jonas Weber", email="jonas.weber@acme.example"), reason="30 days overdue",
        policy="standard", policy_version=1, segment="standard", items=(item,),
    )  # fmt: skip
    hold: dict[str, Any] = {
        "customer_id": CUSTOMER, "hold_id": HOLD, "kind": scheduler.HoldKind.MANUAL, "reason": "call agreed for Friday",
        "owner": "anna.schmidt", "legal_entity": "DE01", "placed_at": MORNING,
    }  # fmt: skip
    yield scheduler.HoldPlaced(version=1, until=datetime(2026, 4, 24, 22, tzinfo=UTC), **hold)
    yield scheduler.HoldEnded(version=2, ended_at=datetime(2026, 4, 24, 22, tzinfo=UTC), **hold)
    task: dict[str, Any] = {
        "customer_id": CUSTOMER, "task_id": derived_id("task", "escalation", ESCALATION), "about": ESCALATION,
        "kind": scheduler.TaskKind.ESCALATION, "legal_entity": "DE01", "owner_role": "account-owner",
        "owner": "Jonas Weber", "why": "1 overdue, told to the account-owner", "raised_at": MORNING,
        "due_at": datetime(2026, 4, 22, 6, tzinfo=UTC),
    }  # fmt: skip
    yield scheduler.TaskRaised(version=1, **task)
    yield scheduler.TaskEnded(
        version=2, outcome=scheduler.TaskOutcome.DONE, note="they pay on Friday", ended_by="anna.schmidt",
        ended_at=datetime(2026, 4, 21, 9, tzinfo=UTC), **task,
    )  # fmt: skip
    yield scheduler.RecordsParked(customer_id=CUSTOMER, version=1, parked=1)


def _reminder_items(
    step: scheduler.StepTaken,
) -> tuple[scheduler.ReminderItem, scheduler.ReminderItem]:
    """What is overdue, and an instalment that is not yet due."""
    item = scheduler.ReminderItem(
        invoice_id=INVOICE,
        invoice_number="2026-0815",
        due_on=date(2026, 4, 9),
        currency="EUR",
        open="700.00",
        step=step,
    )
    soon = scheduler.ReminderItem(
        invoice_id=SECOND_INVOICE,
        invoice_number="2026-0844",
        instalment=2,
        due_on=date(2026, 4, 24),
        currency="EUR",
        open="400.00",
        step=scheduler.StepTaken(
            number=0, name="before the due date", tone=scheduler.Tone.COURTESY
        ),
        discount=scheduler.ReminderDiscount(until=date(2026, 4, 22), pays="784.00"),
    )
    return item, soon


def _notifier_examples() -> Iterator[Event]:
    item = notifier.MessageItem(
        invoice_id=INVOICE,
        invoice_number="2026-0815",
        step=1,
        currency="EUR",
        open="700.00",
        due_on=date(2026, 4, 9),
    )
    for kind, reason in (
        (notifier.MessageSent, ""), (notifier.MessageSuppressed, "all-items-settled"),
        (notifier.MessageFailed, "mailbox does not exist"), (notifier.MessageUnknown, "process ended during hand-over"),
    ):  # fmt: skip
        yield kind(
            customer_id=CUSTOMER, message_id=MESSAGE, version=1, purpose=notifier.Purpose.REMINDER,
            reminder_id=REMINDER, legal_entity="DE01", channel=erp.Channel.EMAIL, contact_id="1", step=1,
            items=(item,), at=MORNING, contact_day=date(2026, 4, 20), reason=reason,
        )  # fmt: skip
