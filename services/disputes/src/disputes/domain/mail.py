"""EML: a mail as it was sent, with who, when and about what, and no deeper than mails are.

Only its head is read: what a parser makes of a whole mail can be many times as large as the mail.
"""

import re
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from typing import Final

from disputes.domain.mismatch import PaperExpandsTooFar, begins_like_another, mismatch

HEAD_BYTES_MAX: Final = 131_072
NESTS_MAX: Final = 30
"""Parts that have parts: so deep is it at most. Three of a mail are usual, and as many of each that is attached."""
_NEST: Final = re.compile(rb"^content-type:\s*(multipart|message)/", re.IGNORECASE | re.MULTILINE)
_HEAD_END: Final = re.compile(rb"\r?\n\r?\n")
_HEADERS: Final = ("From", "Date", "Subject")


def check_mail(content: bytes) -> None:
    """Raises PaperContentMismatch, or PaperExpandsTooFar for a mail in a mail in a mail."""
    if what := begins_like_another(content):
        raise mismatch(f"the file is {what}")
    end = _HEAD_END.search(content, 0, HEAD_BYTES_MAX)
    if end is None:
        raise mismatch(f"the file is no mail with a head of at most {HEAD_BYTES_MAX} bytes")
    mail = BytesHeaderParser().parsebytes(content[: end.end()])
    said = {name: str(mail.get(name, "")).strip() for name in _HEADERS}
    if mail.defects or not all(said.values()) or "@" not in said["From"]:
        raise mismatch("a mail with From, Date and Subject is wanted")
    try:
        parsedate_to_datetime(said["Date"])
    except ValueError:
        raise mismatch("a mail with a date after RFC 5322 is wanted") from None

    if len(_NEST.findall(content.replace(b"\r", b"\n"))) > NESTS_MAX:
        raise PaperExpandsTooFar(f"a mail nests at most {NESTS_MAX} parts", pointer="/file")
