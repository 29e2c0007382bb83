"""From what a run found to the summary: weeks, totals, checks, and the life of one customer."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from play import checks
from play.answered import (
    answered_on,
    answers_end_as_meant,
    came_of,
    customers_see_what_is_owed,
    held_amounts_are_not_asked_for,
)
from play.asked import asked_and_answered, every_request_is_ended
from play.figures import week_of
from play.life import life_of_the_most_eventful
from play.run import Found, Plan
from play.summary import Check, Counts, DayFound, Played, Summary, Timings, Totals, WeekFound
from play.unheard import unheard
from shared.base.days import DAY


def summary_of(plan: Plan, found: Found, *, total_s: float, look_at: Mapping[str, str]) -> Summary:
    """Everything that a run found, in the words of the schema."""
    return Summary(
        played=Played(
            seed=plan.seed,
            days=plan.days,
            customers=plan.customers,
            first_day=plan.start,
            last_day=_last_day(plan),
            directed=plan.directed,
            twice=plan.twice,
            shuffled=plan.shuffled,
        ),
        totals=_totals(plan, found),
        weeks=tuple(_weeks(plan, found)),
        days=tuple(found.days),
        unheard=tuple(unheard(plan)),
        intake=_sorted(Counter(outcome["outcome"] for outcome in found.outcomes.values())),
        refusals=_sorted(Counter(str(code) for code in _refusals(found))),
        checks=_checks(plan, found),
        life=life_of_the_most_eventful(found),
        timings=_timings(found, total_s=total_s),
        look_at=dict(look_at),
    )


def _checks(plan: Plan, found: Found) -> tuple[Check, ...]:
    book = found.story.book
    return (
        checks.every_invoice_adds_up(book, found.customers),
        checks.every_instalment_adds_up(book, found.customers, _last_day(plan)),
        checks.every_credit_adds_up(book, found.customers),
        checks.control_accounts_add_up(book, found.balances),
        checks.trial_balance_is_zero(found.balances_by_day),
        checks.proof_holds(found.proof),
        checks.every_run_agrees(found.records, found.balance_runs),
        every_request_is_ended(book, found.errands, found.requests, found.balances),
        checks.every_record_is_understood(
            found.outcomes, found.records, in_order=not plan.shuffled
        ),
        checks.every_message_has_a_reason(found.customers),
        checks.sinks_hold_what_was_sent(found.sent, found.customers),
        checks.nobody_is_chased_for_nothing(book, found.sent, found.customers),
        held_amounts_are_not_asked_for(book, found.customers),
        customers_see_what_is_owed(book, found.errands, found.shown.open),
        answers_end_as_meant(
            book, found.errands, found.shown.answers, found.requests, found.customers
        ),
    )


def _totals(plan: Plan, found: Found) -> Totals:
    book = found.story.book
    timeline = [line for one in found.customers for line in one.timeline]
    messages = [message for one in found.customers for message in one.messages]
    unsent = [message for message in messages if message["status"] in ("suppressed", "failed")]
    to_customers = [one for one in found.sent if one.customer_number]

    return Totals(
        customers=len(found.story.customers),
        invoices=len(book.invoices),
        credit_notes=sum(credit.kind == "credit-note" for credit in book.credits.values()),
        payments=sum(credit.kind == "payment" for credit in book.credits.values()),
        events=len(found.records),
        deliveries=found.delivered,
        events_by_type=_sorted(Counter(record.type for record in found.records)),
        late_percent=_late_percent(plan, found),
        messages_by_channel=_sorted(Counter(one.channel for one in to_customers)),
        messages_by_status=_sorted(Counter(message["status"] for message in messages)),
        not_sent_by_reason=_sorted(Counter(message["reason"] or "?" for message in unsent)),
        internal_mails=len(found.sent) - len(to_customers),
        silences=_sorted(Counter(line["reason"] for line in timeline if line["kind"] == "silence")),
        escalations=sum(line["kind"] == "escalation" for line in timeline),
        requests=_sorted(Counter(what for _, what in asked_and_answered(found.requests))),
        answers=_sorted(Counter(answer for _, answer in answered_on(found.errands))),
        came_of=came_of(
            book, found.errands, found.shown.answers, found.pages.values(), found.customers
        ),
    )


def _weeks(plan: Plan, found: Found) -> Iterable[WeekFound]:
    last_day_of_week: dict[int, DayFound] = {}
    for day in found.days:
        last_day_of_week[week_of(day.day, first_day=plan.start)] = day
    silences, escalations = _decisions_by_week(plan, found)
    messages: dict[int, Counter[str]] = {}
    requests: dict[int, Counter[str]] = {}
    for on, what in asked_and_answered(found.requests):
        requests.setdefault(week_of(on, first_day=plan.start), Counter())[what] += 1
    answers: dict[int, Counter[str]] = {}
    for on, answer in answered_on(found.errands):
        answers.setdefault(week_of(on, first_day=plan.start), Counter())[answer] += 1
    for one in found.sent:
        if one.customer_number:
            week = week_of(one.on, first_day=plan.start)
            messages.setdefault(week, Counter())[one.channel] += 1

    for number, last in sorted(last_day_of_week.items()):
        yield WeekFound(
            number=number,
            first_day=plan.start + timedelta(days=7 * (number - 1)),
            last_day=last.day,
            receivables=last.receivables,
            dso=found.dso_by_week.get(number, ()),
            events=found.events_by_week[number],
            messages=_sorted(messages.get(number, Counter())),
            silences=_sorted(silences.get(number, Counter())),
            escalations=escalations[number],
            requests=_sorted(requests.get(number, Counter())),
            answers=_sorted(answers.get(number, Counter())),
        )


def _decisions_by_week(plan: Plan, found: Found) -> tuple[dict[int, Counter[str]], Counter[int]]:
    """Silences by week and reason, escalations by week; a decision at dawn belongs to the day before."""
    silences: dict[int, Counter[str]] = {}
    escalations: Counter[int] = Counter()
    for line in (line for one in found.customers for line in one.timeline):
        day = min(max(datetime.fromisoformat(line["at"]).date(), plan.start), _last_day(plan))
        week = week_of(day, first_day=plan.start)
        if line["kind"] == "silence":
            silences.setdefault(week, Counter())[line["reason"]] += 1
        elif line["kind"] == "escalation":
            escalations[week] += 1
    return silences, escalations


def _late_percent(plan: Plan, found: Found) -> int:
    due = [
        invoice
        for invoice in found.story.book.invoices.values()
        if plan.start <= invoice.due_on < _last_day(plan)
        and invoice.total
        and not invoice.cancelled
    ]
    late = sum(invoice.open_after(invoice.due_on) > 0 for invoice in due)
    return round(100 * late / len(due)) if due else 0


def _timings(found: Found, *, total_s: float) -> Timings:
    seconds = found.seconds
    return Timings(
        publish_s=round(seconds["publish"], 2),
        advance_s=round(seconds["advance"], 2),
        read_s=round(seconds["read"], 2),
        measure_s=round(seconds["measure"], 2),
        check_s=round(seconds["check"], 2),
        total_s=round(total_s, 2),
        clock_stops=found.clock_stops,
    )


def _refusals(found: Found) -> Iterable[object]:
    return (o["code"] for o in found.outcomes.values() if o["outcome"] == "refused")


def _last_day(plan: Plan) -> date:
    return plan.start + (plan.days - 1) * DAY


def _sorted(counts: Counter[str]) -> Counts:
    """Most first, then by name."""
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
