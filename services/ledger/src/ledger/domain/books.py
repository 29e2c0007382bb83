"""The books of one slice: everything its events can touch, loaded before and saved after."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from ledger.domain.adjustment import Adjustment
from ledger.domain.application import Application
from ledger.domain.credit import NOBODY, Credit
from ledger.domain.customer import Customer
from ledger.domain.disputed import Disputed
from ledger.domain.invoice import Invoice, InvoiceBody, Scope
from ledger.domain.outcome import Waits
from ledger.domain.parked import Ending, Parked
from ledger.domain.posting import Booked, Entry, Posting, reversal
from ledger.domain.request import Requests
from ledger.domain.run import Balances
from ledger.domain.terms import Due
from shared.base.telling import Telling


class InvoiceBefore(NamedTuple):
    """What the outside knew of an invoice before the event at hand."""

    status: str
    open_minor: int
    returned: bool
    adjusted_minor: int
    body: InvoiceBody | None
    withheld_minor: int
    due: Due


def seen_of(invoice: Invoice) -> InvoiceBefore:
    """What the outside would see of it now."""
    return InvoiceBefore(
        invoice.status,
        invoice.open_minor,
        invoice.returned,
        invoice.adjusted_minor,
        invoice.body,
        invoice.withheld_minor,
        invoice.due,
    )


class CreditBefore(NamedTuple):
    """What the outside knew of a credit before the event at hand. `applied` is by invoice: see `applied_of`."""

    status: str
    face: tuple[object, ...]
    applied: dict[UUID, tuple[int, int, bool]]


def face_of(credit: Credit) -> tuple[object, ...]:
    """What is told of a credit besides status and applications."""
    body = credit.body
    shown = body and body._replace(directions=None)
    returned_on = credit.back and credit.back.on
    return (credit.customer_id, credit.returned_minor, returned_on, credit.adjusted_minor, shown)


def applied_of(credit: Credit) -> dict[UUID, tuple[int, int, bool]]:
    """Where the credit is applied now: (applied, spent, provisional). What was spent before the books began is spent
    and applies nothing.
    """
    return {
        invoice_id: (one.applied_minor, one.spent_minor, one.provisional)
        for invoice_id, one in credit.applications.items()
        if one.applied_minor or one.spent_minor
    }


@dataclass(slots=True)
class Books(Telling):
    """State by id, indexes over it, and what happened to it. `next_entry_id` opens a block that is ours alone."""

    next_entry_id: int = 1
    customers: dict[UUID, Customer] = field(default_factory=dict)
    invoices: dict[UUID, Invoice] = field(default_factory=dict)
    credits: dict[UUID, Credit] = field(default_factory=dict)
    at: dict[UUID, dict[UUID, Application]] = field(default_factory=dict)
    """Applications by invoice and credit."""
    adjustments: dict[UUID, Adjustment] = field(default_factory=dict)
    adjusting: dict[UUID, dict[UUID, Adjustment]] = field(default_factory=dict)
    """Adjustments by item."""
    open_in: dict[Scope, dict[UUID, Invoice]] = field(default_factory=dict)
    matchable_in: dict[Scope, dict[UUID, Credit]] = field(default_factory=dict)

    entries: list[Entry] = field(default_factory=list)
    changed_customers: dict[UUID, Customer] = field(default_factory=dict)
    changed_invoices: dict[UUID, Invoice] = field(default_factory=dict)
    changed_credits: dict[UUID, Credit] = field(default_factory=dict)
    changed_adjustments: dict[UUID, Adjustment] = field(default_factory=dict)
    changed_applications: dict[tuple[UUID, UUID], Application] = field(default_factory=dict)
    dropped_rows: dict[tuple[UUID, UUID], tuple[object, ...]] = field(default_factory=dict)
    """Stored rows of applications that ended in this slice; one may begin again before it is saved."""
    history: list[tuple[Any, ...]] = field(default_factory=list)
    released: dict[tuple[UUID, Waits], tuple[int, int]] = field(default_factory=dict)
    """(object, what its records waited for) → (version that counts, newest version that waits no longer)."""
    parked: dict[UUID, Parked] = field(default_factory=dict)
    """Records of these customers and objects that stand aside."""
    aside: dict[tuple[UUID | None, str], dict[UUID, Parked]] = field(default_factory=dict)
    """The same by object and version line."""
    newly_parked: list[Parked] = field(default_factory=list)
    ended: dict[UUID, Ending] = field(default_factory=dict)
    balances: Balances = field(default_factory=Balances)
    requests: Requests = field(default_factory=Requests)
    disputed: Disputed = field(default_factory=Disputed)

    invoices_before: dict[UUID, InvoiceBefore] = field(default_factory=dict)
    credits_before: dict[UUID, CreditBefore] = field(default_factory=dict)
    adjusted: dict[UUID, Adjustment] = field(default_factory=dict)
    """Adjustments at what the event at hand touched."""

    def add_parked(self, parked: Parked) -> None:
        """Hold a record that stands aside."""
        self.parked[parked.parked_id] = parked
        self.aside.setdefault((parked.object_id, parked.line), {})[parked.parked_id] = parked

    def drop_parked(self, parked: Parked) -> None:
        """It stands aside no longer."""
        self.parked.pop(parked.parked_id, None)
        self.aside.get((parked.object_id, parked.line), {}).pop(parked.parked_id, None)

    def begin(self) -> None:
        """Forget what the event before this one changed."""
        self.invoices_before.clear()
        self.credits_before.clear()
        self.adjusted.clear()

    def touch_invoice(self, invoice: Invoice) -> Invoice:
        """Call before changing an invoice: remembers what the outside knew, and that there is something to save."""
        self.changed_invoices[invoice.invoice_id] = invoice
        if invoice.invoice_id not in self.invoices_before:
            self.invoices_before[invoice.invoice_id] = seen_of(invoice)
        return invoice

    def touch_credit(self, credit: Credit) -> Credit:
        """Call before changing a credit or one of its applications."""
        self.changed_credits[credit.credit_id] = credit
        if credit.credit_id not in self.credits_before:
            self.credits_before[credit.credit_id] = CreditBefore(
                credit.status, face_of(credit), applied_of(credit)
            )
        return credit

    def touch_adjustment(self, adjustment: Adjustment) -> Adjustment:
        """Call before changing an adjustment."""
        self.adjusted[adjustment.adjustment_id] = adjustment
        self.changed_adjustments[adjustment.adjustment_id] = adjustment
        return adjustment

    def add_invoice(self, invoice: Invoice) -> Invoice:
        """Hold an invoice that was loaded or has just been named for the first time."""
        self.invoices[invoice.invoice_id] = invoice
        self.index_invoice(invoice)
        return invoice

    def add_credit(self, credit: Credit) -> Credit:
        """Hold a credit that was loaded, with its applications, or has just been named for the first time."""
        self.credits[credit.credit_id] = credit
        for application in credit.applications.values():
            self.at.setdefault(application.invoice_id, {})[credit.credit_id] = application
        self.index_credit(credit)
        return credit

    def add_adjustment(self, adjustment: Adjustment) -> Adjustment:
        """Hold an adjustment that was loaded or has just been named for the first time, at its item."""
        self.adjustments[adjustment.adjustment_id] = adjustment
        if adjustment.body is not None:
            standing = self.adjusting.setdefault(adjustment.body.item_id, {})
            standing[adjustment.adjustment_id] = adjustment
        return adjustment

    def adjustments_of(self, item_id: UUID) -> Iterable[Adjustment]:
        return self.adjusting.get(item_id, {}).values()

    def refunded_minor(self, credit: Credit) -> int:
        """What is taken off it because it was given back."""
        return sum(
            one.asked_minor
            for one in self.adjustments_of(credit.credit_id)
            if one.is_refund and one.reaches(credit)
        )

    def owner_beyond(self, application: Application) -> UUID | None:
        """Customer of the invoice when not the credit's; nobody while the invoice is not there."""
        invoice = self.invoices.get(application.invoice_id)
        if invoice is None:
            return NOBODY if application.stored_row is None else application.owner_id
        own = application.credit.customer_id
        return None if invoice.customer_id == own else invoice.customer_id

    def index_invoice(self, invoice: Invoice) -> None:
        """Keep track of who is open in its scope."""
        if invoice.body is None:
            return
        scope = (invoice.customer_id, invoice.body.legal_entity, invoice.body.currency)
        if invoice.open_minor:
            self.open_in.setdefault(scope, {})[invoice.invoice_id] = invoice
        elif scope in self.open_in:
            self.open_in[scope].pop(invoice.invoice_id, None)

    def index_credit(self, credit: Credit) -> None:
        """Keep track of the payments we may match in its scope."""
        if (scope := credit.scope) is None:
            return
        if credit.matchable:
            self.matchable_in.setdefault(scope, {})[credit.credit_id] = credit
        elif scope in self.matchable_in:
            self.matchable_in[scope].pop(credit.credit_id, None)

    def await_credit(self, credit: Credit, invoice_ids: Iterable[UUID]) -> None:
        """Keep a place at these invoices for a credit that is not there yet, so that they are at hand when it comes."""
        for invoice_id in invoice_ids:
            application = credit.applications.setdefault(
                invoice_id, Application(credit, invoice_id)
            )
            self.at.setdefault(invoice_id, {})[credit.credit_id] = application
            self.changed_applications[credit.credit_id, invoice_id] = application

    def release(self, object_id: UUID, waits: Waits, version: int) -> None:
        """The object's waiting record of that version has got what it waited for; older ones are superseded."""
        self.released[object_id, waits] = version, version

    def supersede(self, object_id: UUID, waits: Waits, version: int) -> None:
        """A record of that version replaces older ones that still wait."""
        self.released[object_id, waits] = version, version - 1

    def owner_of(self, object_id: UUID | None) -> UUID | None:
        """The customer of an invoice or credit that is at hand."""
        if object_id is None:
            return None
        item = (
            self.invoices.get(object_id)
            or self.credits.get(object_id)
            or self.adjustments.get(object_id)
        )
        return item.customer_id if item is not None else None

    def applications_at(self, invoice_id: UUID) -> Iterable[Application]:
        return self.at.get(invoice_id, {}).values()

    def rebook(
        self, booked: Posting | None, entry_id: int | None, target: Posting | None
    ) -> int | None:
        """Post the difference: reverse the whole old entry, enter the new one; answers the standing entry's id."""
        if booked == target:
            return entry_id
        if booked is not None:
            assert entry_id is not None
            self._enter(reversal(booked), reverses=entry_id)
        return self._enter(target) if target is not None else None

    def rebook_all(self, booked: Booked, target: Sequence[Posting]) -> Booked:
        """The same for what has several entries: when one of them differs, all are reversed and entered anew."""
        if [posting for _, posting in booked] == list(target):
            return booked
        for entry_id, posting in booked:
            self._enter(reversal(posting), reverses=entry_id)
        return tuple((self._enter(posting), posting) for posting in target)

    def _enter(self, posting: Posting, *, reverses: int | None = None) -> int:
        entry_id = self.next_entry_id
        self.next_entry_id += 1
        self.entries.append(Entry(entry_id, posting, reverses))
        return entry_id
