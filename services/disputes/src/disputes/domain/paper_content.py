"""Content of papers: a file is what its bytes are, and its name and declared type have to say the same."""

from collections.abc import Callable
from typing import Final

from disputes.domain.mail import check_mail
from disputes.domain.paper import PAPER_BYTES_MAX, Kind, PaperEmpty, PaperTooLarge
from disputes.domain.paper_name import ending
from disputes.domain.pdf import check_pdf
from disputes.domain.picture import check_jpeg, check_png
from disputes.domain.table import check_table
from disputes.domain.workbook import check_workbook
from shared.base.errors import Refusal

_ENDINGS: Final = {kind.value: kind for kind in Kind} | {"jpg": Kind.JPEG}
_CHECKS: Final[dict[Kind, Callable[[bytes], None]]] = {
    Kind.PDF: check_pdf,
    Kind.PNG: check_png,
    Kind.JPEG: check_jpeg,
    Kind.CSV: check_table,
    Kind.XLSX: check_workbook,
    Kind.EML: check_mail,
}
_DECLARED_TOO: Final = {
    Kind.JPEG: frozenset({"image/jpg"}),
    Kind.CSV: frozenset({"application/csv", "application/vnd.ms-excel", "text/plain"}),
}
"""What browsers call them besides."""
_NOTHING_SAID: Final = frozenset({"", "application/octet-stream"})


class PaperKindUnknown(Refusal):
    """The name ends like none of the kinds that are taken."""

    code = "paper-kind-unknown"


class PaperTypeContradicted(Refusal):
    """The declared type is not that of the file's name."""

    code = "paper-type-contradicted"


def kind_of(content: bytes, *, name: str, declared: str) -> Kind:
    """What the file is. Raises what is wrong with it, by name; nothing is unpacked beyond the limits of its kind."""
    if not content:
        raise PaperEmpty("the file is empty", pointer="/file")
    if len(content) > PAPER_BYTES_MAX:
        raise PaperTooLarge(f"a paper has at most {PAPER_BYTES_MAX} bytes", pointer="/file")
    kind = _ENDINGS.get(ending(name))
    if kind is None:
        raise PaperKindUnknown(f"one of {', '.join(_ENDINGS)} is wanted", pointer="/file")
    said = declared.partition(";")[0].strip().lower()
    if said not in _NOTHING_SAID | _DECLARED_TOO.get(kind, frozenset()) | {kind.media_type}:
        raise PaperTypeContradicted(f"a file of that name is {kind.media_type}", pointer="/file")

    _CHECKS[kind](content)

    return kind
