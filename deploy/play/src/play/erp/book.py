"""The naive truth: what every invoice and credit is worth, kept the simplest way that can be right.

It shares no code with the ledger, so that the two can check one another: an invoice's open amount is the sum of its
moves, and is also its total less what is applied. Amounts are whole minor units of the legal entity's currency.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from play.cast.company import Entity
from play.cast.customers import Customer
from shared.contracts.erp import CreditKind, ErpInvoiceHold, InvoiceKind, InvoicePaymentMethod


@dataclass(frozen=True, slots=True)
class Move:
    """One change of an invoice's open amount, and why."""

    on: date
    minor: int
    why: str


@dataclass(slots=True)
class Invoice:
    customer: Customer
    id: str
    number: str
    issued_on: date
    due_on: date
    net: int
    tax: int
    method: InvoicePaymentMethod
    kind: InvoiceKind = InvoiceKind.INVOICE
    purchase_order: str | None = None
    holds: tuple[ErpInvoiceHold, ...] = ()
    scripted: bool = False
    """A scene leads it: the customer's habit keeps its hands off."""
    cancelled: bool = False
    version: int = 0
    moves: list[Move] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.net + self.tax

    @property
    def open(self) -> int:
        return sum(move.minor for move in self.moves)

    @property
    def reference(self) -> str:
        """What the payer should quote."""
        return self.number

    def open_after(self, day: date) -> int:
        """What was open when that day was over."""
        return sum(move.minor for move in self.moves if move.on <= day)


@dataclass(slots=True)
class Credit:
    """A payment or a credit note; `applied` says which part of it stands against which invoice."""

    kind: CreditKind
    customer: Customer
    id: str
    number: str
    dated: date
    amount: int
    tax: int = 0
    returned: int = 0
    cancelled: bool = False
    version: int = 0
    set_version: int = 0
    unsaid: bool = False
    """The ERP has put it somewhere without telling where."""
    applied: dict[str, int] = field(default_factory=dict)

    @property
    def worth(self) -> int:
        return 0 if self.cancelled else self.amount - self.returned

    @property
    def unapplied(self) -> int:
        return self.worth - sum(self.applied.values())


class Book:
    """All invoices and credits of the play, and the only place where an open amount changes."""

    def __init__(self) -> None:
        self.invoices: dict[str, Invoice] = {}
        self.credits: dict[str, Credit] = {}
        self.in_flight: dict[str, int] = defaultdict(int)
        """Invoice → money that the customer has sent and the ERP has not applied yet."""
        self._invoices_of: dict[str, list[Invoice]] = defaultdict(list)
        self._credits_on: dict[str, list[Credit]] = defaultdict(list)

    def post(self, invoice: Invoice, *, on: date) -> None:
        self.invoices[invoice.id] = invoice
        self._invoices_of[invoice.customer.number].append(invoice)
        invoice.moves.append(Move(on, invoice.total, "posted"))

    def amend(self, invoice: Invoice, *, net: int, tax: int, on: date) -> None:
        """Never below what is applied: an ERP un-applies first."""
        assert net + tax >= self.applied_to(invoice), f"{invoice.id} would be overpaid"
        change = net + tax - invoice.total
        invoice.net, invoice.tax = net, tax
        if change:
            invoice.moves.append(Move(on, change, "amended"))

    def cancel(self, invoice: Invoice, *, on: date) -> list[Credit]:
        """Take the invoice away; returns the credits that were applied to it and are free again."""
        freed = [credit for credit in self._credits_on[invoice.id] if invoice.id in credit.applied]
        for credit in freed:
            rest = {
                invoice_id: part
                for invoice_id, part in credit.applied.items()
                if invoice_id != invoice.id
            }
            self.apply(credit, rest, on=on)
        invoice.cancelled = True
        invoice.moves.append(Move(on, -invoice.total, "cancelled"))
        return freed

    def receive(self, credit: Credit) -> None:
        self.credits[credit.id] = credit

    def apply(self, credit: Credit, parts: dict[str, int], *, on: date) -> None:
        """Replace the whole set of the credit's applications."""
        assert sum(parts.values()) <= credit.worth, f"{credit.id} is worth {credit.worth}"
        for invoice_id in {**credit.applied, **parts}:
            change = parts.get(invoice_id, 0) - credit.applied.get(invoice_id, 0)
            if change:
                why = f"{credit.kind} {'applied' if change > 0 else 'un-applied'}"
                self.invoices[invoice_id].moves.append(Move(on, -change, why))
                assert self.invoices[invoice_id].open >= 0, f"{invoice_id} would be overpaid"
        for invoice_id in parts.keys() - credit.applied.keys():
            self._credits_on[invoice_id].append(credit)
        credit.applied = {invoice_id: part for invoice_id, part in parts.items() if part}

    def send_back(self, credit: Credit, amount: int, *, on: date) -> None:
        """`amount` of the payment came back in all; what is left stays applied, first things first."""
        left = credit.amount - amount
        kept: dict[str, int] = {}
        for invoice_id, part in credit.applied.items():
            kept[invoice_id] = min(part, left)
            left -= kept[invoice_id]
        self.apply(credit, kept, on=on)
        credit.returned = amount

    def strike(self, credit: Credit, *, on: date) -> None:
        """The credit was a mistake of ours."""
        self.apply(credit, {}, on=on)
        credit.cancelled = True

    def applied_to(self, invoice: Invoice) -> int:
        return sum(credit.applied.get(invoice.id, 0) for credit in self._live_on(invoice))

    def payable(self, invoice: Invoice) -> int:
        """What the customer still has to send."""
        return invoice.open - self.in_flight[invoice.id]

    def invoices_of(self, customer: Customer) -> list[Invoice]:
        return self._invoices_of[customer.number]

    def open_by_entity(self) -> dict[str, int]:
        """Legal entity → sum of open amounts."""
        sums: dict[str, int] = defaultdict(int)
        for invoice in self.invoices.values():
            sums[invoice.customer.entity.code] += invoice.open
        return dict(sums)

    def unapplied_of(self, entity: Entity, kind: CreditKind) -> int:
        return sum(
            credit.unapplied
            for credit in self.credits.values()
            if credit.customer.entity is entity and credit.kind is kind
        )

    def _live_on(self, invoice: Invoice) -> list[Credit]:
        unique = {credit.id: credit for credit in self._credits_on[invoice.id]}
        return list(unique.values())
