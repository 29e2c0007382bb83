"""The whole ledger of intents against effects: each law says, in sentences, how it was broken."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from answers import Answers
from charges import KEEP_SILENT, Charges
from evidence import Rows, end_of, ids_in, rows_of
from story import SOURCE, Story
from world import PROCESSES, World

from local_stack import topics
from shared.base.ids import object_id
from shared.contracts.erp import INBOX

OUTCOMES = {"sent", "failed", "unknown", "suppressed"}
SHOWN_MAX = 20
KILL_SEEN_LATE = timedelta(seconds=0.5)
"""A death is noted a little after, or before, it is one."""

_MESSAGE_ID = re.compile(rb"^Message-ID:\s*<([0-9a-f-]{36})@", re.MULTILINE | re.IGNORECASE)
_MARK = re.compile(r"\[([0-9A-F]+)\]\s*$")


@dataclass(slots=True)
class Verdict:
    """Violations by kind, and counts for the report."""

    lost: list[str] = field(default_factory=list)
    double: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    counts: dict[str, Any] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        return not (self.lost or self.double or self.wrong)


async def judge(world: World, story: Story, answers: Answers, charges: Charges) -> Verdict:
    """Look at everything; the world must be at rest."""
    verdict = Verdict()
    found = {service: await rows_of(world, service) for service in PROCESSES}
    told = {topic: await ids_in(world, topic) for topic in (*topics.OURS, INBOX)}

    await _records(world, found["ledger"], verdict)
    _books(found, story, verdict)
    _offsets(found, verdict)
    _tellings(found, told, verdict)
    _messages(found, world, verdict)
    _moves(found["notifier"], world, verdict)
    _answers(found, answers, verdict)
    _charges(found, charges, verdict)
    return verdict


# --- records and books ---------------------------------------------------------------------------


async def _records(world: World, ledger: dict[str, Rows], verdict: Verdict) -> None:
    """Every record on the ERP's topics has exactly one outcome (its place is the key of `intake`)."""
    published = sum([await end_of(world, topic) for topic in topics.ERP if topic != INBOX])
    taken = {row["outcome"]: row["count"] for row in ledger["intake"]}

    verdict.counts |= {"records": published, "record_outcomes": taken}
    if published != sum(taken.values()):
        verdict.lost.append(f"{published} records published, {sum(taken.values())} have an outcome")
    for name in ("waiting", "conflict", "crashed", "refused"):
        if taken.get(name):
            verdict.wrong.append(f"{taken[name]} records are {name} in the end")


def _books(found: dict[str, dict[str, Rows]], story: Story, verdict: Verdict) -> None:
    """Open amounts everywhere, and balances from the entries, are those of the ERP's own books."""
    truth = {
        object_id(SOURCE, "invoice", one.invoice_id): one.open for one in story.invoices.values()
    }
    for service in PROCESSES:
        held = {row["invoice_id"]: row["open_minor"] for row in found[service]["invoices"]}
        missing = truth.keys() - held.keys()
        off = [one for one in truth.keys() & held.keys() if truth[one] != held[one]]
        verdict.lost += [f"{service} does not know invoice {one}" for one in missing]
        verdict.wrong += [f"{service}: {one} open {held[one]}, truly {truth[one]}" for one in off]
        verdict.wrong += [f"{service}: parked {tuple(row)}" for row in found[service]["parked"]]

    owed: Counter[UUID] = Counter()
    for one in story.invoices.values():
        owed[object_id(SOURCE, "customer", one.customer)] += one.open
    ledger = found["ledger"]
    balance = {row["customer_id"]: int(row["minor"]) for row in ledger["entries"]}
    verdict.wrong += [
        f"customer {one}: entries say {balance.get(one, 0)}, truly {owed[one]}"
        for one in owed
        if balance.get(one, 0) != owed[one]
    ]
    verdict.wrong += [
        f"customer {row['customer_id']}: totals say {row['receivable_minor']} and {row['unapplied_minor']} unapplied"
        for row in ledger["totals"]
        if row["receivable_minor"] != owed[row["customer_id"]] or row["unapplied_minor"]
    ]
    verdict.double += [
        f"{row['count']} entries stand for one {row['kind']}" for row in ledger["twice"]
    ]
    verdict.counts |= {"invoices": len(truth), "customers": len(owed)}


def _offsets(found: dict[str, dict[str, Rows]], verdict: Verdict) -> None:
    """Offsets moved in one unbroken chain from 0: no record was taken twice, none passed over."""
    for service, tables in found.items():
        at: dict[tuple[str, int], int] = defaultdict(int)
        for topic, partition, old, new in tables["offsets"]:
            if old != at[topic, partition] or new < old:
                where = verdict.double if new < max(old, at[topic, partition]) else verdict.wrong
                where.append(
                    f"{service} {topic}[{partition}]: {at[topic, partition]}, then {old} → {new}"
                )
            at[topic, partition] = new


def _tellings(
    found: dict[str, dict[str, Rows]], told: dict[str, Counter[str]], verdict: Verdict
) -> None:
    """What was committed to an outbox stands on its topic, and nothing else; again is allowed: it has the same id."""
    again = 0
    for service, tables in found.items():
        committed = Counter(str(row["event_id"]) for row in tables["told"])
        on_topic = told[f"{service}.events.v1"] + (
            told[INBOX] if service == "ledger" else Counter()
        )
        verdict.lost += [
            f"{service}: event {one} was never told" for one in committed.keys() - on_topic.keys()
        ]
        verdict.wrong += [
            f"{service}: event {one} was made up" for one in on_topic.keys() - committed.keys()
        ]
        again += on_topic.total() - len(on_topic)
        verdict.counts[f"{service}_facts"] = len(on_topic)
    verdict.counts["facts_told_again"] = again


_ENDS: Mapping[tuple[str, str], set[str]] = {
    ("promises", "portal-api"): {"open", "broken"},
    ("disputes", "portal-api"): {"resolved", "closed"},
    ("disputes", "disputes"): {"resolved", "closed"},
    ("payments", "portal-api"): {"succeeded"},
    ("applications", "ledger"): {"open", "echoed"},
}
"""In which states an answer may be in the end, by who holds it."""


def _answers(found: dict[str, dict[str, Rows]], answers: Answers, verdict: Verdict) -> None:
    """What was answered is there, once, and came to its end; what nobody was answered is not there at all."""
    for (what, service), ends in _ENDS.items():
        held, ids = {row[0]: row for row in found[service][what]}, getattr(answers, what)
        verdict.lost += [f"{service} has lost {what} {one}" for one in ids if one not in held]
        verdict.double += [
            f"{service} has {what} {one}, which nobody was told" for one in held.keys() - set(ids)
        ]
        verdict.wrong += [
            f"{service}: {what} {tuple(row)}" for row in held.values() if row["state"] not in ends
        ]
    verdict.wrong += [
        f"dispute {row['dispute_id']} is not settled"
        for row in found["disputes"]["disputes"]
        if row["settled_at"] is None
    ]
    counts = {what: len(getattr(answers, what)) for what, _ in _ENDS}
    verdict.counts |= counts | {"asked_by_customers": answers.asked}


def _charges(found: dict[str, dict[str, Rows]], charges: Charges, verdict: Verdict) -> None:
    held = found["portal-api"]["charges"]
    lost, double, wrong = charges.faults(held)
    wrong += charges.unlike({service: found[service]["held"] for service in KEEP_SILENT})
    verdict.lost += lost
    verdict.double += double
    verdict.wrong += wrong
    verdict.counts |= {"charged": charges.made, "charges": len(held)}


# --- messages ------------------------------------------------------------------------------------


def _messages(found: dict[str, dict[str, Rows]], world: World, verdict: Verdict) -> None:
    """Each intent of the scheduler is one message with one outcome; the sinks hold each message sent, once."""
    messages = {row["message_id"]: row for row in found["notifier"]["messages"]}
    outcomes = Counter(row["status"] for row in messages.values())
    silences = Counter(row["reason"] for row in messages.values() if row["status"] == "suppressed")
    verdict.counts |= {
        "intents": len(messages), "outcomes": dict(outcomes), "suppressed_because": dict(silences)
    }  # fmt: skip
    verdict.wrong += [
        f"{count} messages are {status}"
        for status, count in outcomes.items()
        if status not in OUTCOMES
    ]

    by_reminder = {row["reminder_id"]: row for row in messages.values() if row["reminder_id"]}
    for row in found["scheduler"]["reminders"]:
        message = by_reminder.get(row["reminder_id"])
        if message is None:
            verdict.lost.append(f"reminder {row['reminder_id']} never became a message")
        elif row["outcome"] is None:
            verdict.lost.append(
                f"the scheduler never heard of the outcome of reminder {row['reminder_id']}"
            )
        elif row["outcome"] != message["status"]:
            verdict.wrong.append(
                f"reminder {row['reminder_id']}: {row['outcome']}, its message {message['status']}"
            )

    mails = _counted(_MESSAGE_ID.search(raw.partition(b"\r\n\r\n")[0]) for raw in world.mails())
    texts = _counted(_MARK.search(text["body"]) for text in world.texts())
    marks = {one.hex.upper(): one for one in messages}
    sunk = Counter({UUID(one.decode()): times for one, times in mails.items()})
    for mark, times in texts.items():
        sunk.update({next(full for text, full in marks.items() if text.startswith(mark)): times})

    verdict.counts |= {"mails": mails.total(), "texts": texts.total()}
    verdict.double += [
        f"message {one} came {times} times" for one, times in sunk.items() if times > 1
    ]
    for one, row in messages.items():
        if row["status"] == "sent" and one not in sunk:
            verdict.lost.append(f"message {one} was sent and never came")
        if row["status"] not in {"sent", "unknown"} and one in sunk:
            verdict.wrong.append(f"message {one} came, and is {row['status']}")
    verdict.wrong += [f"nobody meant to send {one}" for one in sunk.keys() - messages.keys()]


def _moves(notifier: dict[str, Rows], world: World, verdict: Verdict) -> None:
    """One outcome each; `unknown` only where a process died with it in hand; no hand-over of what was settled."""
    chasing = {row["message_id"] for row in notifier["messages"] if row["reminder_id"]}
    lives: dict[UUID, Rows] = defaultdict(list)
    for move in notifier["moves"]:
        lives[move["message_id"]].append(move)
    states: dict[UUID, Rows] = defaultdict(list)
    for row in sorted(notifier["settling"], key=lambda row: row["at"]):
        states[row["invoice_id"]].append(row)

    in_flight = unknown = 0
    for message_id, moves in lives.items():
        steps = [
            move
            for before, move in pairwise([None, *moves])
            if not before or before["status"] != move["status"]
        ]
        ends = [move for move in steps if move["status"] in OUTCOMES]
        if len(ends) > 1:
            verdict.wrong.append(f"message {message_id} ended {len(ends)} times")
        hit = _hit(moves, world)
        in_flight += hit
        if ends and ends[-1]["status"] == "unknown":
            unknown += 1
            if not hit:
                verdict.wrong.append(f"message {message_id} is unknown though nobody died with it")
        verdict.wrong += _late(message_id, steps, states) if message_id in chasing else ()
    verdict.counts |= {"unknown": unknown, "in_flight_at_kills": in_flight}
    if unknown > in_flight:
        verdict.wrong.append(
            f"{unknown} unknown, and only {in_flight} in flight when something was killed"
        )


def _hit(moves: Rows, world: World) -> bool:
    """Whether, in any of its hand-overs, its process or the database was killed or stood still."""
    for move, after in pairwise([*moves, None]):
        if move["status"] != "handing-over":
            continue
        for death in world.deaths:
            begun = move["at"] <= death.at + KILL_SEEN_LATE
            over = after is not None and after["at"] < death.at - KILL_SEEN_LATE
            if begun and not over and death.victim in {move["claimed_by"], "postgres", "kafka"}:
                return True
    return False


def _late(message_id: UUID, steps: Rows, states: dict[UUID, Rows]) -> Iterable[str]:
    """Invoices that a hand-over listed though their settlement had been committed before it."""
    for step in steps:
        if step["status"] != "handing-over":
            continue
        for item in (step["told"] or {}).get("items", ()):
            known = states[UUID(item["invoice_id"])]
            place = bisect_left(known, step["at"], key=lambda row: row["at"])
            last = known[place - 1] if place else None
            if last is None or last["open_minor"] <= 0 or last["status"] != "open":
                yield f"message {message_id} was handed over for {item['invoice_number']}, settled before"


def _counted(found: Iterable[re.Match[Any] | None]) -> Counter[Any]:
    return Counter(one[1] for one in found if one)
