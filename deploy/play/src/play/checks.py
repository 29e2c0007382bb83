"""The laws that must hold when the play is over, each a pure function from what was found to a check."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
    timeline: Sequence[Item]
    messages: Sequence[Item]


def every_invoice_adds_up(book: Book, found: Iterable[CustomerFound]) -> Check:
    """The ledger's open amounts are those of the ERP's own naive books, invoice by invoice."""
    ours = {item["source_id"]: item["open"] for one in found for item in one.open_items}
    theirs = {
        invoice.id: decimal_text(invoice.open, invoice.customer.entity.currency)
        for invoice in book.invoices.values()
    }

    wrong = [
        f"{invoice_id}: ledger {ours.get(invoice_id, '0')}, ERP {theirs.get(invoice_id, '0')}"
        for invoice_id in sorted({*ours, *theirs})
        if Decimal(ours.get(invoice_id, "0")) != Decimal(theirs.get(invoice_id, "0"))
    ]
    return _check(
        "every-invoice-adds-up",
        "Every invoice's open amount in the ledger is the sum of its moves in the ERP.",
        len(theirs),
        wrong,
    )


def control_accounts_add_up(book: Book, balances: Balances) -> Check:
    """1200 = open invoices less unapplied credit notes; 2100 = unapplied payments, on the credit side."""
    open_, wrong = book.open_by_entity(), []
    for entity in ENTITIES:
        credit_notes = book.unapplied_of(entity, CreditKind.CREDIT_NOTE)
        cash = book.unapplied_of(entity, CreditKind.PAYMENT)
        wanted = {RECEIVABLES: open_.get(entity.code, 0) - credit_notes, UNAPPLIED_CASH: -cash}
        for account, minor in wanted.items():
            held = balances.get((entity.code, account), Decimal(0))
            if held != Decimal(decimal_text(minor, entity.currency)):
                text = decimal_text(minor, entity.currency)
                wrong.append(f"{entity.code} {account}: ledger {held}, ERP {text}")
    return _check(
        "control-accounts-add-up",
        "Receivables and unapplied cash of each legal entity are what the ERP's own books say.",
        2 * len(ENTITIES),
        wrong,
    )


def trial_balance_is_zero(balances: Balances) -> Check:
    sums: Counter[str] = Counter()
    for (entity, _), balance in balances.items():
        sums[entity] += int(balance.scaleb(2))
    wrong = [f"{entity}: off by {minor} minor units" for entity, minor in sums.items() if minor]
    return _check(
        "trial-balance-is-zero",
        "Debits and credits of each legal entity are equal.",
        len(balances),
        wrong,
    )


def proof_holds(proof: Item) -> Check:
    imbalance = proof["imbalance"]
    wrong = [f"imbalance {imbalance}"] if Decimal(str(imbalance)) != 0 else []
    return _check("proof-holds", "The ledger's own continuous proof finds no imbalance.", 1, wrong)


def every_run_agrees(records: Iterable[ErpRecord], runs: Iterable[Item]) -> Check:
    """Each nightly run came whole, was judged, and found the books as the ERP states them."""
    told = {json.loads(one.body)["run_id"] for one in records if one.topic == BALANCES}
    found = {run["run_id"]: run for run in runs}
    wrong = [
        f"{run_id}: {run.get('ending') or 'not judged'}, {run.get('differences')} differences"
        for run_id in sorted(told)
        if (run := found.get(run_id, {})).get("ending") != "judged" or run["differences"]
    ]
    return _check(
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
    return _check(
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
    return _check(
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
    return _check(
        "sinks-hold-what-was-sent",
        "The sinks hold exactly the messages that the notifier sent, each once.",
        len(sent),
        wrong,
    )


def nobody_is_chased_for_nothing(book: Book, sent: Iterable[Sent]) -> Check:
    """Every invoice that a message listed was open in the ERP's books on the day it left."""
    by_number = {invoice.number: invoice for invoice in book.invoices.values()}
    wrong, looked_at = [], 0
    for one in sent:
        for number in one.listed if one.customer_number else ():
            looked_at += 1
            invoice = by_number.get(number)
            if invoice is None or invoice.open_after(one.on) <= 0:
                wrong.append(
                    f"{one.on} {one.channel} to {one.customer_number}: {number} was not open"
                )
    return _check(
        "nobody-is-chased-for-nothing",
        "Every invoice listed in a message was open on the day the message left.",
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


def _check(name: str, says: str, looked_at: int, wrong: Sequence[str]) -> Check:
    shown = tuple(wrong[:WRONG_SHOWN_MAX])
    if len(wrong) > WRONG_SHOWN_MAX:
        shown = (*shown, f"… and {len(wrong) - WRONG_SHOWN_MAX} more")
    return Check(name=name, says=says, holds=not wrong, looked_at=looked_at, wrong=shown)
