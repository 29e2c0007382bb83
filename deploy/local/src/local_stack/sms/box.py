"""Text messages as they came in and as people answered."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Text:
    """One text message that was handed to the provider."""

    sid: str
    to: str
    sender: str
    body: str
    status_callback: str
    received_at: datetime

    @property
    def parts(self) -> int:
        """How many SMS it is charged as: 160 characters alone, 153 each when it takes several."""
        alone, joined = (160, 153) if self.body.isascii() else (70, 67)
        return 1 if len(self.body) <= alone else -(-len(self.body) // joined)


class TextBox:
    """All text messages, oldest first; those of an earlier run are read from the file."""

    def __init__(self, file: Path, now: Callable[[], datetime]) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        self._file = file
        self._now = now
        self._texts = {text.sid: text for text in map(_parsed, file.read_text().splitlines())}

    def put(self, to: str, sender: str, body: str, status_callback: str = "") -> Text:
        """Keep a message under a new sid."""
        text = Text(_sid(), to, sender, body, status_callback, self._now())
        with self._file.open("a") as file:
            file.write(_line(text))
        self._texts[text.sid] = text
        return text

    def all(self, to: str = "", sender: str = "") -> list[Text]:
        """The messages, oldest first; those to, or from, one number when it is given."""
        texts = self._texts.values()
        return [t for t in texts if to in ("", t.to) and sender in ("", t.sender)]

    def one(self, sid: str) -> Text | None:
        """The message of that sid, or None."""
        return self._texts.get(sid)

    def clear(self) -> None:
        """Forget all messages."""
        self._texts.clear()
        self._file.write_text("")


def _sid() -> str:
    return "SM" + secrets.token_hex(16)


def _line(text: Text) -> str:
    fields = {name: getattr(text, name) for name in Text.__slots__}
    return json.dumps({**fields, "received_at": text.received_at.isoformat()}) + "\n"


def _parsed(line: str) -> Text:
    fields = json.loads(line)
    return Text(**{**fields, "received_at": datetime.fromisoformat(fields["received_at"])})
