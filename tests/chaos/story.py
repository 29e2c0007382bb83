"""What the ERP says while everything burns: invented from a seed, tick by tick, and what the books must say in the end.

Every payment names its invoice, so the truth is a sum: total of the last version less payments that did not come back.
Delivery is as bad as the contract allows: some records come late (children before parents, versions out of order), some
twice, and payments race the reminders of the day.
"""

import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from shared.contracts import erp
from shared.messaging.bus import Outgoing
from shared.testing.builders import SOURCE, Voice

START = date(2026, 4, 13)
"""A Monday after Easter; Berlin is two hours ahead of UTC."""

CONTACT_HOURS = "07:00 07:01 07:02 07:04 07:08 07:15 07:30 08:00 09:00 10:30 12:00 13:30 14:55"
TICKS = tuple(map(time.fromisoformat, ["05:00", "06:50", *CONTACT_HOURS.split(), "18:00"]))
"""The day's moments in UTC, close together when contact hours begin (09:00 in Berlin)."""

RACE = range(1, 9)
"""Ticks in which those pay who are being reminded."""

STEP_DAYS = (-5, 1, 3, 16, 18, 31, 33)
"""Days overdue on which the example policies speak."""

LATE_TICKS_MAX, TWICE_TICKS_MAX = 6, 20
LATE, TWICE, PAID_IN_RACE = 0.12, 0.12, 0.5
CUSTOMER_EVENTS = 16
"""Events per customer over a story, about."""


@dataclass(slots=True)
class Invoice:
    """An invoice as the ERP has it; amounts in minor units."""

    invoice_id: str
    customer: str
    total: int
    due_on: date
    version: int = 1
    paid: int = 0

    @property
    def open(self) -> int:
        return self.total - self.paid


@dataclass(slots=True)
class Payment:
    payment_id: str
    invoice: Invoice
    amount: int
    version: int = 1


@dataclass(frozen=True, slots=True)
class Tick:
    """What is said at a moment."""

    at: datetime
    messages: list[Outgoing]


class Story:
    """The ERP's own books while it speaks; the same for the same seed, number of events and days."""

    def __init__(self, *, seed: int, events: int, days: int) -> None:
        self._dice = random.Random(f"story {seed}")
        self._per_tick = events / (days * len(TICKS))
        self._days = days
        self._number = 0
        self._customers = max(20, events // CUSTOMER_EVENTS)
        self._known: list[str] = []
        self._later: dict[int, list[Outgoing]] = defaultdict(list)
        self._payable: list[Invoice] = []
        self._speaking: dict[date, list[Invoice]] = defaultdict(list)
        self._voice = Voice()
        self.invoices: dict[str, Invoice] = {}
        self.payments: dict[str, Payment] = {}

    def ticks(self) -> Iterator[Tick]:
        """The whole story; the last tick brings everything that is late still."""
        number = 0
        for day in _weekdays(self._days):
            racing = self._racers(day)
            for place, at in enumerate(TICKS):
                for invoice in racing.get(place, ()):
                    self._pay(number, invoice, day, invoice.open)
                self._speak(number, day)
                yield Tick(datetime.combine(day, at, UTC), self._later.pop(number, []))
                number += 1
        rest = [message for tick in sorted(self._later) for message in self._later[tick]]
        yield Tick(datetime.combine(day, TICKS[-1], UTC), rest)

    # --- what happens ------------------------------------------------------------------------

    def _speak(self, tick: int, day: date) -> None:
        """The tick's share of events: customers first until all are there, then the mix of business."""
        wanted = int(self._per_tick * (tick + 1) / (1 + TWICE)) - self._number
        for _ in range(max(0, wanted)):
            if len(self._known) < self._customers and self._dice.random() < 0.3:
                self._arrive(tick, day)
            else:
                self._happen(tick, day)

    def _happen(self, tick: int, day: date) -> None:
        lot = self._dice.random()
        if lot < 0.55 or not self._payable:
            self._bill(
                tick,
                day,
                self._dice.choice(self._known) if self._known else self._arrive(tick, day),
            )
        elif lot < 0.68:
            self._amend(tick, day, self._dice.choice(self._payable))
        elif lot < 0.95 or not self.payments:
            invoice = self._dice.choice(self._payable)
            self._pay(tick, invoice, day, self._dice.choice((invoice.open, invoice.open // 2)))
        else:
            self._return(tick, day)

    def _arrive(self, tick: int, day: date) -> str:
        """A new customer, whose invoice may be told first."""
        number = f"C{len(self._known)}"
        self._known.append(number)
        self._say(tick, number, erp.ErpCustomerChanged, _customer(len(self._known) - 1, number))
        self._bill(tick, day, number)
        return number

    def _bill(self, tick: int, day: date, customer: str) -> None:
        due = day + timedelta(days=self._dice.randint(-20, 8))
        invoice = Invoice(
            f"I{len(self.invoices)}", customer, self._dice.randint(2_000, 500_000), due
        )
        self.invoices[invoice.invoice_id] = invoice
        self._payable.append(invoice)
        for step in STEP_DAYS:
            self._speaking[_contact_day(due + timedelta(days=step))].append(invoice)
        self._say(tick, customer, erp.ErpInvoicePosted, _posted(invoice))

    def _amend(self, tick: int, day: date, invoice: Invoice) -> None:
        invoice.version += 1
        invoice.total += self._dice.randint(1, 10_000)
        self._say(tick, invoice.customer, erp.ErpInvoicePosted, _posted(invoice))

    def _pay(self, tick: int, invoice: Invoice, day: date, amount: int) -> None:
        if amount <= 0:
            return
        payment = Payment(f"P{len(self.payments)}", invoice, amount)
        self.payments[payment.payment_id] = payment
        invoice.paid += amount
        self._say(tick, invoice.customer, erp.ErpPaymentReceived, _received(payment, day))

    def _return(self, tick: int, day: date) -> None:
        payment = self.payments[f"P{self._dice.randrange(len(self.payments))}"]
        if not payment.amount:
            return
        payment.invoice.paid -= payment.amount
        payment.amount, payment.version = 0, payment.version + 1
        self._say(tick, payment.invoice.customer, erp.ErpPaymentReturned, _returned(payment, day))

    def _racers(self, day: date) -> dict[int, list[Invoice]]:
        """Who pays in which tick of the day, being due for a reminder in it."""
        racing: dict[int, list[Invoice]] = defaultdict(list)
        for invoice in self._speaking.pop(day, ()):
            if invoice.open > 0 and self._dice.random() < PAID_IN_RACE:
                racing[self._dice.choice(RACE)].append(invoice)
        self._payable = [one for one in self._payable if one.open > 0]
        return racing

    # --- how it is told ----------------------------------------------------------------------

    def _say(
        self, tick: int, customer: str, event: type[erp.ErpEvent], body: dict[str, object]
    ) -> None:
        self._number += 1
        said = self._voice.utters(
            event.TOPIC, event.TYPE, json.dumps(body).encode(), event_id=f"{self._number:032x}"
        )
        # The key is advice only: now and then it is missing.
        key = customer.encode() if self._dice.random() < 0.95 else b""
        message = Outgoing(said.topic, key, said.value, said.headers)

        late = self._dice.randint(1, LATE_TICKS_MAX) if self._dice.random() < LATE else 0
        self._later[tick + late].append(message)
        if self._dice.random() < TWICE:
            self._later[tick + late + self._dice.randint(0, TWICE_TICKS_MAX)].append(message)


def said(number: str, invoices: Sequence[Invoice], *, on_account: int) -> Iterator[Outgoing]:
    """A customer who reads mail, their invoices, and money, if any, that the ERP applies nowhere; once and in order."""
    voice = Voice()
    place = int(number[1:]) * 100 + 1
    money = _received(Payment(f"P{number}", invoices[0], on_account), START) | {"allocations": []}
    bodies = [
        (erp.ErpCustomerChanged, _customer(place, number)),
        *((erp.ErpInvoicePosted, _posted(one)) for one in invoices),
        *([(erp.ErpPaymentReceived, money)] if on_account else []),
    ]
    for event, body in bodies:
        name = f"{number}-{body.get('payment_id', body.get('invoice_id', 'customer'))}"
        message = voice.utters(event.TOPIC, event.TYPE, json.dumps(body).encode(), event_id=name)
        yield Outgoing(message.topic, number.encode(), message.value, message.headers)


def _weekdays(days: int) -> Iterator[date]:
    return (START + timedelta(days=day // 5 * 7 + day % 5) for day in range(days))


def _contact_day(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def _customer(place: int, number: str) -> dict[str, object]:
    """Most read mail, some only texts; a few mailboxes bounce, a few are full."""
    mailbox = {7: "bounce", 11: "tempfail"}.get(place % 100, "ap")
    contact = {"contact_id": "1", "name": "Erika Muster", "role": "accounts-payable"}
    if place % 8:
        contact["email"] = f"{mailbox}@{number.lower()}.example"
    if place % 8 == 0 or mailbox == "bounce":
        contact["phone"] = f"+4930{place:06}55"
    return {
        "customer_number": number, "version": 1, "name": f"{number} GmbH", "kind": "business", "status": "active",
        "country": "DE", "language": "de", "time_zone": "Europe/Berlin", "contacts": [contact],
        "account_owner": {"name": "Jonas Weber", "email": "jonas.weber@acme.example"},
    }  # fmt: skip


def _posted(invoice: Invoice) -> dict[str, object]:
    return {
        "invoice_id": invoice.invoice_id, "version": invoice.version, "invoice_number": invoice.invoice_id,
        "kind": "invoice", "customer_number": invoice.customer, "legal_entity": "DE01", "currency": "EUR",
        "issued_on": (invoice.due_on - timedelta(days=30)).isoformat(), "due_on": invoice.due_on.isoformat(),
        "total": _decimal(invoice.total),
    }  # fmt: skip


def _received(payment: Payment, day: date) -> dict[str, object]:
    amount = _decimal(payment.amount)
    return {
        "payment_id": payment.payment_id, "version": 1, "customer_number": payment.invoice.customer,
        "legal_entity": "DE01", "currency": "EUR", "method": "transfer", "value_date": day.isoformat(),
        "amount": amount, "allocations": [{"invoice_id": payment.invoice.invoice_id, "amount": amount}],
    }  # fmt: skip


def _returned(payment: Payment, day: date) -> dict[str, object]:
    return {
        "payment_id": payment.payment_id, "version": payment.version, "returned_on": day.isoformat(),
        "customer_number": payment.invoice.customer, "reason": "bank-return",
    }  # fmt: skip


def _decimal(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"


__all__ = ["SOURCE", "START", "TICKS", "Invoice", "Story", "Tick", "said"]
