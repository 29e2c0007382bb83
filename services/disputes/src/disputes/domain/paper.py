"""A paper: evidence of a dispute that somebody brought, what it is, and whether it may be shown."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from disputes.domain.move import Actor
from shared.base.clock import Moment
from shared.base.errors import Refusal

PAPER_BYTES_MAX: Final = 10 * 1024 * 1024
PAPERS_PER_DISPUTE_MAX: Final = 20


class Kind(StrEnum):
    """What is taken; its value is how names of such files end."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"
    CSV = "csv"
    XLSX = "xlsx"
    EML = "eml"

    @property
    def media_type(self) -> str:
        """What it is served as, whatever was declared when it came."""
        return MEDIA_TYPES[self]


MEDIA_TYPES: Final = {
    Kind.PDF: "application/pdf",
    Kind.PNG: "image/png",
    Kind.JPEG: "image/jpeg",
    Kind.CSV: "text/csv",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.EML: "message/rfc822",
}


class Scan(StrEnum):
    """What the scanner says."""

    WAITING = "waiting"
    CLEAN = "clean"
    INFECTED = "infected"
    UNSCANNABLE = "unscannable"


MOVES: Final[dict[Scan, frozenset[Scan]]] = {
    Scan.WAITING: frozenset({Scan.CLEAN, Scan.INFECTED, Scan.UNSCANNABLE}),
    Scan.CLEAN: frozenset(),
    Scan.INFECTED: frozenset(),
    Scan.UNSCANNABLE: frozenset(),
}


class PaperEmpty(Refusal):
    """There is nothing in the file."""

    code = "paper-empty"


class PaperTooLarge(Refusal):
    """The file has more bytes than are taken."""

    code, status = "paper-too-large", 413


class TooManyPapers(Refusal):
    """The dispute has as many papers as one may have."""

    code, status = "too-many-papers", 409


class PaperNotScanned(Refusal):
    """What is not scanned is not served: try again soon, or it could not be scanned at all."""

    code, status = "paper-not-scanned", 409


class PaperInfected(Refusal):
    """The scanner found something in it: it is never served."""

    code, status = "paper-infected", 409


@dataclass(slots=True)
class Paper:
    """`name` is made safe; `object_id` is where its bytes are, which no name of anybody's decides."""

    paper_id: UUID
    dispute_id: UUID
    object_id: UUID
    kind: Kind
    name: str
    size_bytes: int
    sha256: bytes
    added_at: Moment
    added_by: Actor
    who: str
    """Subject of the staff member or contact."""
    scan: Scan = Scan.WAITING
    found: str = ""
    """The scanner's word for what it found, or why it cannot tell."""
    scanned_at: Moment | None = None
    shared_at: Moment | None = None
    """Since when the customer may see it; None: it is among us."""

    def __post_init__(self) -> None:
        assert 0 < self.size_bytes <= PAPER_BYTES_MAX, "a paper has some bytes, and not too many"
        assert (self.scan is Scan.WAITING) == (self.scanned_at is None), "scanned is when it was"

    def take(self, verdict: Scan, *, found: str, moment: Moment) -> None:
        """The scanner's word, once and for ever."""
        assert verdict in MOVES[self.scan], f"{self.scan} does not become {verdict}"
        self.scan, self.found, self.scanned_at = verdict, found, moment

    def must_be_clean(self) -> None:
        """Raises PaperInfected or PaperNotScanned: only what was found clean is served."""
        if self.scan is Scan.INFECTED:
            raise PaperInfected("the scanner found something in it")
        if self.scan is not Scan.CLEAN:
            raise PaperNotScanned(f"it is {self.scan}")
