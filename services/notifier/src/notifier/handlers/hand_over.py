"""A message is due: take the last look, and either let it go, word it and commit to handing it over, or wait."""

from dataclasses import replace

from notifier.domain.desk import Desk
from notifier.domain.handover import Parcel
from notifier.domain.last_look import look_last
from notifier.domain.message import Message, Status
from notifier.domain.silence import Facts, Silence
from notifier.domain.verdict import Speak, Wait
from notifier.gateways.letter import Writer
from notifier.handlers.tell_outcome import tell_outcome
from shared.base.clock import Moment
from shared.base.errors import Refusal


def hand_over(
    desk: Desk, message: Message, facts: Facts, *, writer: Writer, moment: Moment
) -> Parcel | None:
    """The parcel to carry once this slice is committed, or None when the message waits or is silenced."""
    if facts.sending.may_have_left(message):
        in_doubt = message.doubt("restored", "restored.in-doubt", at=moment)
        desk.put(in_doubt)
        tell_outcome(desk, in_doubt)
        return None
    match look_last(message, facts, now=moment):
        case Silence(reason, rule):
            _suppress(desk, message, reason, rule, moment=moment)
        case Wait(until, reason, rule):
            desk.put(
                message.defer(until, reason, rule)
                if until
                else replace(message, withheld_at=moment, reason=reason, rule=rule)
            )
        case Speak() as speak:
            return _speak(desk, message, speak, facts, writer=writer, moment=moment)
    return None


def _speak(
    desk: Desk, message: Message, speak: Speak, facts: Facts, *, writer: Writer, moment: Moment
) -> Parcel | None:
    going = replace(message, purpose=speak.purpose)
    try:
        worded = writer.word(going, speak, facts.customer, now=moment)
    except Refusal as refusal:
        _suppress(desk, going, refusal.code, "words.safe", moment=moment)
        return None

    same_road = message.route is not None and message.route.address == speak.route.address
    desk.put(
        going.move(
            Status.HANDING_OVER,
            route=speak.route,
            told=worded.told,
            contact_day=speak.contact_day,
            attempts=message.attempts + 1 if same_road else 1,
        )
    )
    return worded.parcel


def _suppress(desk: Desk, message: Message, reason: str, rule: str, *, moment: Moment) -> None:
    suppressed = message.suppress(reason, rule, at=moment)
    desk.put(suppressed)
    tell_outcome(desk, suppressed)
