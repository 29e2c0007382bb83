"""Who looks into papers: what every scanner does, and what one says that is not there."""

from typing import NamedTuple, Protocol

from typing_extensions import override

from disputes.domain.paper import Scan


class ScannerAway(OSError):
    """The scanner does not answer, or answers that it cannot now: the same may succeed when tried again."""


class Verdict(NamedTuple):
    """Clean, infected or unscannable; `found` is the scanner's own word."""

    scan: Scan
    found: str = ""


class Scanner(Protocol):
    """Never says clean of what it has not seen whole."""

    async def scan(self, content: bytes) -> Verdict:
        """Raises ScannerAway."""
        ...


class NoScanner(Scanner):
    """None was named: every paper waits, and so none is served."""

    @override
    async def scan(self, content: bytes) -> Verdict:
        raise ScannerAway("DISPUTES_SCANNER names no scanner")
