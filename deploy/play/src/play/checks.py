"""The laws that must hold when the play is over, each a pure function from what was found to a check."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from play.cast.company import ENTITIES
from play.doors import Item
from play.erp.book import Book
from play.figures import RECEIVABLES, UNAPPLIED_CASH, Balances
from play.letterbox import Sent
from play.record import ACCEPTED, SUPERSEDED, ErpRecord
from play.summary import Check
from shared.base.money import decimal_text
from shared.contracts.erp import BALANCES, CreditKind

WRONG_SHOWN_MAX = 10
SPEAKING = ("courtesy", "reminder", "escalation")
"""Kinds of decisions that lead to a message, and purposes of messages that need one."""


@dataclass(frozen=True, slots=True)
class CustomerFound:
    """What the doors say of one customer in the end."""

    customer_number: str
    source: str
    open_items: Sequence[Item]
    unapplied: Sequence[Item]
    timeline: Sequence[Item]
    messages: Sequence[Item]


def every_invoice_adds_up(book: Book, found: Iterable[CustomerFound]) -> Check:
    """The ledger's open amounts are those of the ERP's own naive books, invoice by invoice."""
    ours = {item["source_id"]: item["open"] for one in found for item in one.open_items}
    theirs = {
        invoice.id: decimal_text(invoice.open, invoice.customer.entity.currency)
        for invoice in book.invoices.values()
    }
    return check_of(
        "every-invoice-adds-up",
        "Every invoice's open amount in the ledger is the sum of its moves in the ERP.",
        len(theirs),
        _apart(ours, theirs),
    )


def every_instalment_adds_up(book: Book, found: Iterable[CustomerFound], on: date) -> Check:
    """Of an invoice that is due in parts, what is open by due day; what has no day comes last."""
    ours = {item["source_id"]: item["instalments"] for one in found for item in one.open_items}
    parted = [invoice for invoice in book.invoices.values() if invoice.instalments]
    wrong = []
    for invoice in parted:
        currency = invoice.customer.entity.currency
        theirs = [
            (due_on.isoformat() if due_on else None, Decimal(decimal_text(minor, currency)))
            for due_on, minor in invoice.opens_after(on)
            if minor
        ]
        said = [(one["due_on"], Decimal(one["open"])) for one in ours.get(invoice.id, ())]
        mine = [(due_on, left) for due_on, left in said if left]
        if Counter(mine) != Counter(theirs):
            wrong.append(f"{invoice.id}: ledger {_listed(mine)}, ERP {_listed(theirs)}")
    return check_of(
        "every-instalment-adds-up",
        "What is open of each instalment is what the ERP's own books say.",
        len(parted),
        wrong,
    )


def every_credit_adds_up(book: Book, found: Iterable[CustomerFound]) -> Check:
    """What payments and credit notes have left is what the ERP's own books say, one by one."""
    ours = {item["source_id"]: item["unapplied"] for one in found for item in one.unapplied}
    theirs = {
        credit.id: decimal_text(credit.unapplied, credit.currency)
        for credit in book.credits.values()
    }
    return check_of(
        "every-credit-adds-up",
        "What each payment and credit note has left in the ledger is what it has left in the ERP.",
        len(theirs),
        _apart(ours, theirs),
    )


def control_accounts_add_up(book: Book, balances: Balances) -> Check:
    """1200 = open invoices less unapplied credit notes; 2100 = unapplied payments, on the credit side."""
    wanted: Counter[tuple[str, str, str]] = Counter()
    for entity in ENTITIES:
        wanted[entity.code, entity.currency, RECEIVABLES] = book.open_by_entity().get(
            entity.code, 0
        )
        wanted[entity.code, entity.currency, UNAPPLIED_CASH] = 0
    for kind, account in (
        (CreditKind.CREDIT_NOTE, RECEIVABLES),
        (CreditKind.PAYMENT, UNAPPLIED_CASH),
    ):
        for (code, currency), minor in book.unapplied_by_currency(kind).items():
            wanted[code, currency, account] -= minor
    wrong = []
    for (code, currency, account), minor in wanted.items():
        held = balances.get((code, currency, account), Decimal(0))
        if held != Decimal(text := decimal_text(minor, currency)):
            wrong.append(f"{code} {currency} {account}: ledger {held}, ERP {text}")
    return check_of(
        "control-accounts-add-up",
        "Receivables and unapplied cash of each legal entity are what the ERP's own books say.",
        len(wanted),
        wrong,
    )


def trial_balance_is_zero(by_day: Mapping[date, Balances]) -> Check:
    """Of every day of the play, as it is known in the end."""
    wrong, looked_at = [], 0
    for day, balances in by_day.items():
        sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for (entity, currency, _), balance in balances.items():
            sums[entity, currency] += balance
        looked_at += len(sums)
        wrong += [f"{day} {' '.join(of)}: off by {off}" for of, off in sums.items() if off]
    return check_of(
        "trial-balance-is-zero",
        f"Debits and credits of each legal entity and currency are equal on each of {len(by_day)} days.",
        looked_at,
        wrong,
    )


def proof_holds(proof: Item) -> Check:
    imbalance = proof["imbalance"]
    wrong = [f"imbalance {imbalance}"] if Decimal(str(imbalance)) != 0 else []
    return check_of(
        "proof-holds", "The ledger's own continuous proof finds no imbalance.", 1, wrong
    )


def every_run_agrees(records: Iterable[ErpRecord], runs: Iterable[Item]) -> Check:
    """Each nightly run came whole, was judged, and found the books as the ERP states them."""
    told = {json.loads(one.body)["run_id"] for one in records if one.topic == BALANCES}
    found = {run["run_id"]: run for run in runs}
    wrong = [
        f"{run_id}: {run.get('ending') or 'not judged'}, {run.get('differences')} differences"
        for run_id in sorted(told)
        if (run := found.get(run_id, {})).get("ending") != "judged" or run["differences"]
    ]
    return check_of(
        "every-run-agrees",
        "Each nightly run of balances was judged whole and found no difference.",
        len(told),
        wrong,
    )


def every_record_is_understood(
    outcomes: Mapping[str, Item], records: Iterable[ErpRecord], *, in_order: bool
) -> Check:
    """What became of each event is what the ERP meant by it. Out of order, an old version may be superseded."""
    wrong, looked_at = [], 0
    for record in records:
        looked_at += 1
        found = outcomes[record.event_id]
        expected = record.expected + (() if in_order else (*ACCEPTED, *SUPERSEDED, "duplicate"))
        code = str(found.get("code") or "")
        named = not record.code or not code or code.endswith(record.code.removeprefix("invoice-"))
        if found["outcome"] not in expected or not named:
            wrong.append(
                f"{record.event_id} ({record.type}): {found['outcome']} {code}, "
                f"wanted {' or '.join(record.expected)} {record.code}"
            )
    return check_of(
        "every-record-is-understood",
        "Each event was accepted, ignored or refused by name, as it deserved.",
        looked_at,
        wrong,
    )


def every_message_has_a_reason(found: Iterable[CustomerFound]) -> Check:
    """Each sent message stands in the customer's timeline with the rule and policy version that decided it."""
    wrong, looked_at = [], 0
    for one in found:
        spoken = [line for line in one.timeline if line["kind"] in SPEAKING]
        for message in one.messages:
            if message["status"] != "sent" or message["purpose"] not in SPEAKING:
                continue
            looked_at += 1
            if not any(_explains(line, message) for line in spoken):
                wrong.append(f"{one.customer_number}: message {message['message_id']}")
    return check_of(
        "every-message-has-a-reason",
        "Every sent message was decided in the timeline, with reason, rule and policy version.",
        looked_at,
        wrong,
    )


def sinks_hold_what_was_sent(sent: Sequence[Sent], found: Iterable[CustomerFound]) -> Check:
    """As many mails and texts in the sinks as messages sent, and none twice."""
    told: Counter[str] = Counter(
        message["channel"]
        for one in found
        for message in one.messages
        if message["status"] == "sent"
    )
    held = Counter(one.channel for one in sent)
    twice = [sink_id for sink_id, times in Counter(o.sink_id for o in sent).items() if times > 1]

    wrong = [
        f"{channel}: {held[channel]} in the sink, {told[channel]} sent by the notifier"
        for channel in sorted({*held, *told})
        if held[channel] != told[channel]
    ]
    wrong += [f"twice in the sink: {sink_id}" for sink_id in twice]
    return check_of(
        "sinks-hold-what-was-sent",
        "The sinks hold exactly the messages that the notifier sent, each once.",
        len(sent),
        wrong,
    )


def nobody_is_chased_for_nothing(
    book: Book, sent: Iterable[Sent], found: Iterable[CustomerFound] = ()
) -> Check:
    """Every invoice that a message listed was open in the ERP's books on the day it left, unless it answers what the
    customer said of it.
    """
    by_number = {invoice.number: invoice for invoice in book.invoices.values()}
    answers = {
        message["message_id"]
        for one in found
        for message in one.messages
        if message["purpose"] not in SPEAKING
    }
    wrong, looked_at = [], 0
    for one in sent:
        chases = one.customer_number and one.message_id not in answers
        for number in one.listed if chases else ():
            looked_at += 1
            invoice = by_number.get(number)
            if invoice is None or invoice.claimed_after(one.on) <= 0:
                wrong.append(
                    f"{one.on} {one.channel} to {one.customer_number}: {number} was not open"
                )
    return check_of(
        "nobody-is-chased-for-nothing",
        "Every invoice listed in a message was open that day, for more than a discount taken or money entered.",
        looked_at,
        wrong,
    )


def _explains(line: Item, message: Item) -> bool:
    """Whether the decision is of the message's kind, lists its invoices, and says by which rule of which policy."""
    if not (line["reason"] and line["rule"] and line["policy_version"] is not None):
        return False
    decided = {item["invoice_number"] for item in line["facts"].get("items", ())}
    said = {item["invoice_number"] for item in message["items"]}
    return bool(line["kind"] == message["purpose"] and said <= decided)


def _apart(ours: Mapping[str, str], theirs: Mapping[str, str]) -> list[str]:
    """Where two tables of amounts differ; what one of them lacks is 0."""
    return [
        f"{name}: ledger {ours.get(name, '0')}, ERP {theirs.get(name, '0')}"
        for name in sorted({*ours, *theirs})
        if Decimal(ours.get(name, "0")) != Decimal(theirs.get(name, "0"))
    ]


def _listed(parts: Iterable[tuple[str | None, Decimal]]) -> str:
    return ", ".join(f"{due_on or 'no day'} {minor}" for due_on, minor in parts) or "nothing"


def check_of(name: str, says: str, looked_at: int, wrong: Sequence[str]) -> Check:
    shown = tuple(wrong[:WRONG_SHOWN_MAX])
    if len(wrong) > WRONG_SHOWN_MAX:
        shown = (*shown, f"… and {len(wrong) - WRONG_SHOWN_MAX} more")
    return Check(name=name, says=says, holds=not wrong, looked_at=looked_at, wrong=shown)
