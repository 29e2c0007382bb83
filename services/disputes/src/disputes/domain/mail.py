"""EML: a mail as it was sent, with who, when and about what, and no deeper than mails are."""

import re
from email import message_from_bytes, policy
from email.errors import MissingHeaderBodySeparatorDefect
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Final, cast

from disputes.domain.mismatch import PaperExpandsTooFar, begins_like_another, mismatch

PARTS_MAX: Final = 100
DEPTH_MAX: Final = 6
"""Of mails and their parts within one another."""
_PART: Final = re.compile(rb"^content-type:", re.IGNORECASE | re.MULTILINE)
_HEADERS: Final = ("From", "Date", "Subject")


def check_mail(content: bytes) -> None:
    """Raises PaperContentMismatch, or PaperExpandsTooFar for a mail in a mail in a mail.

    Parts are counted before anything is read, for a parser follows them as deep as they go.
    """
    if what := begins_like_another(content):
        raise mismatch(f"the file is {what}")
    if len(_PART.findall(content.replace(b"\r", b"\n"))) > PARTS_MAX:
        raise PaperExpandsTooFar(f"a mail has at most {PARTS_MAX} parts", pointer="/file")
    try:
        mail = message_from_bytes(content, policy=policy.default)
        said = {name: str(mail.get(name, "")).strip() for name in _HEADERS}
        parsedate_to_datetime(said["Date"])
    except Exception as error:
        raise mismatch("the file is no mail after RFC 5322") from error
    if not all(said.values()) or "@" not in said["From"] or _has_no_body(mail):
        raise mismatch("a mail with From, Date and Subject is wanted")
    if not _is_within(mail, DEPTH_MAX):
        raise PaperExpandsTooFar(f"a mail is at most {DEPTH_MAX} deep", pointer="/file")


def _has_no_body(mail: EmailMessage) -> bool:
    return any(isinstance(one, MissingHeaderBodySeparatorDefect) for one in mail.defects)


def _is_within(mail: EmailMessage, depth: int) -> bool:
    if depth == 0:
        return False
    parts = mail.get_payload() if mail.is_multipart() else []
    assert isinstance(parts, list)
    return all(_is_within(cast(EmailMessage, part), depth - 1) for part in parts)
