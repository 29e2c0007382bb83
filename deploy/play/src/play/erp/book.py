"""The naive truth: what every invoice and credit is worth, kept the simplest way that can be right.

It shares no code with the ledger, so that the two can check one another: an invoice's open amount is the sum of its
moves, and is also its total less what is applied and adjusted. Amounts are whole minor units.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from play.cast.customers import Customer
from play.erp.documents import Adjustment, Credit, Invoice, Move, Part
from shared.contracts.erp import CreditKind


class Book:
    """All invoices and credits of the play, and the only place where an open amount changes."""

    def __init__(self) -> None:
        self.invoices: dict[str, Invoice] = {}
        self.credits: dict[str, Credit] = {}
        self.adjustments: list[Adjustment] = []
        self.in_flight: dict[str, int] = defaultdict(int)
        """Invoice → money that the customer has sent and the ERP has not applied yet."""
        self._invoices_of: dict[str, list[Invoice]] = defaultdict(list)
        self._credits_on: dict[str, dict[str, Credit]] = defaultdict(dict)

    def post(self, invoice: Invoice, *, on: date) -> None:
        self.invoices[invoice.id] = invoice
        self._invoices_of[invoice.customer.number].append(invoice)
        invoice.moves.append(Move(on, invoice.total, "posted"))

    def amend(self, invoice: Invoice, *, net: int, tax: int, on: date) -> None:
        """Never below what is applied: an ERP un-applies first."""
        assert net + tax >= self.taken_off(invoice), f"{invoice.id} would be overpaid"
        change = net + tax - invoice.total
        invoice.net, invoice.tax = net, tax
        if change:
            invoice.moves.append(Move(on, change, "amended"))

    def cancel(self, invoice: Invoice, *, on: date) -> list[Credit]:
        """Take the invoice away; returns the credits that were applied to it and are free again."""
        freed = [
            credit
            for credit in self._credits_on[invoice.id].values()
            if any(part.invoice_id == invoice.id for part in credit.applied)
        ]
        for credit in freed:
            rest = [part for part in credit.applied if part.invoice_id != invoice.id]
            self.apply(credit, rest, on=on)
        invoice.cancelled = True
        invoice.moves.append(Move(on, -invoice.total, "cancelled"))
        return freed

    def receive(self, credit: Credit) -> None:
        self.credits[credit.id] = credit

    def apply(self, credit: Credit, parts: Sequence[Part], *, on: date) -> None:
        """Replace the whole set of the credit's applications."""
        spent = sum(part.cost for part in parts)
        assert spent <= credit.worth, f"{credit.id} is worth {credit.worth}"
        before, after = _taken_off_by(credit, credit.applied), _taken_off_by(credit, parts)
        for key in {**before, **after}:
            invoice_id, why, instalment = key
            if change := after[key] - before[key]:
                said = f"{why} {'applied' if change > 0 else 'un-applied'}"
                self.invoices[invoice_id].moves.append(Move(on, -change, said, instalment))
        credit.applied = tuple(part for part in parts if part.falls)
        for part in parts:
            self._credits_on[part.invoice_id][credit.id] = credit
            assert self.invoices[part.invoice_id].open >= 0, f"{part.invoice_id} would be overpaid"

    def send_back(self, credit: Credit, amount: int, *, on: date) -> None:
        """`amount` of the payment came back in all; what is left stays applied, first things first."""
        left = credit.amount - amount
        kept = []
        for part in credit.applied:
            assert part.cost == part.falls, f"{credit.id}: only plain parts come back in part"
            kept.append(part._replace(minor=min(part.minor, left)))
            left -= kept[-1].minor
        self.apply(credit, kept, on=on)
        credit.returned = amount

    def strike(self, credit: Credit, *, on: date) -> None:
        """The credit was a mistake of ours."""
        self.apply(credit, (), on=on)
        credit.cancelled = True

    def adjust(self, adjustment: Adjustment, *, on: date) -> None:
        self.adjustments.append(adjustment)
        self._take_off(adjustment, adjustment.minor, f"{adjustment.reason}", on=on)

    def undo(self, adjustment: Adjustment, *, on: date) -> None:
        """The adjustment counts no more."""
        adjustment.cancelled = True
        self._take_off(adjustment, -adjustment.minor, f"{adjustment.reason} taken back", on=on)

    def spare(self, invoice: Invoice, minor: int, why: str, *, on: date) -> None:
        """So much of it is not to be asked for; negative once it is booked, or no reason any more."""
        invoice.spared.append(Move(on, minor, why))

    def taken_off(self, invoice: Invoice) -> int:
        """What stands against it: parts of credits, and adjustments."""
        applied = sum(
            part.falls
            for credit in self._credits_on[invoice.id].values()
            for part in credit.applied
            if part.invoice_id == invoice.id
        )
        adjusted = sum(
            one.minor for one in self.adjustments if one.item is invoice and not one.cancelled
        )
        return applied + adjusted

    def payable(self, invoice: Invoice) -> int:
        """What the customer still has to send."""
        return invoice.open - self.in_flight[invoice.id]

    def invoices_of(self, customer: Customer) -> list[Invoice]:
        return self._invoices_of[customer.number]

    def open_by_entity(self) -> dict[str, int]:
        """Legal entity → sum of open amounts, in its own currency."""
        sums: dict[str, int] = defaultdict(int)
        for invoice in self.invoices.values():
            sums[invoice.customer.entity.code] += invoice.open
        return dict(sums)

    def unapplied_by_currency(self, kind: CreditKind) -> Counter[tuple[str, str]]:
        """(legal entity, currency) → what its credits of that kind have left."""
        sums: Counter[tuple[str, str]] = Counter()
        for credit in self.credits.values():
            if credit.kind is kind:
                sums[credit.customer.entity.code, credit.currency] += credit.unapplied
        return sums

    def _take_off(self, adjustment: Adjustment, minor: int, why: str, *, on: date) -> None:
        item = adjustment.item
        if isinstance(item, Credit):
            item.adjusted += minor
            assert item.unapplied >= 0, f"{item.id} would be overspent"
        else:
            item.moves.append(Move(on, -minor, why, adjustment.instalment))
            assert item.open >= 0, f"{item.id} would be overpaid"


def _taken_off_by(credit: Credit, parts: Iterable[Part]) -> Counter[tuple[str, str, int | None]]:
    """(invoice, cash or what kind of deduction, instalment) → what falls off it."""
    sums: Counter[tuple[str, str, int | None]] = Counter()
    for part in parts:
        for what, minor in ((credit.kind, part.minor), *part.deductions):
            sums[part.invoice_id, what.value, part.instalment] += minor
    return sums
