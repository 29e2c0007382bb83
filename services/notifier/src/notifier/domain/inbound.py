"""What a customer's text message asks for."""

from enum import StrEnum


class Wish(StrEnum):
    STOP = "stop"
    HELP = "help"
    START = "start"
    OTHER = "other"


_WORDS = {
    **dict.fromkeys(("stop", "end", "cancel", "unsubscribe", "quit"), Wish.STOP),
    **dict.fromkeys(("start", "unstop"), Wish.START),
    "help": Wish.HELP,
}
_AROUND = " \t\r\n.,;:!?\"'"


def wish_of(body: str) -> Wish:
    """By its first word, trimmed and case-folded; what is not a keyword is for people to read."""
    words = body.strip(_AROUND).casefold().split(maxsplit=1)
    return _WORDS.get(words[0].strip(_AROUND), Wish.OTHER) if words else Wish.OTHER
