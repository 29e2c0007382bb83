"""Names derived from causes, so that the second time finds the name taken.

The UUIDs are of the database driver's own class: a `uuid.UUID` written in C, made and read ten times as fast.
"""

from hashlib import sha1
from json.encoder import encode_basestring as quoted
from typing import Final, NamedTuple
from uuid import UUID

from asyncpg.pgproto.pgproto import UUID as DriverUUID  # noqa: N811 - to be told from the standard one

NAMESPACE = UUID("6f1c1f2e-9a4b-5d0e-8f57-0b1d5a0c7e11")
"""Published with the ERP contract: anybody can compute our id of an ERP object."""

LEDGER: Final = "urn:dunwell:ledger"
"""The number space of what the ledger enters before an ERP has posted it."""

_SEED = NAMESPACE.bytes


class CreditName(NamedTuple):
    """What the ledger calls the credit of an item upheld, so that disputes knows it again: by the version of the
    dispute that was decided, and the item's place in it, from 0.
    """

    dispute_id: UUID
    version: int
    place: int

    def __str__(self) -> str:
        return f"dispute/{self.dispute_id}/{self.version}/{self.place}"

    @classmethod
    def of_credit(cls, source: str, source_id: str, answers: str | None) -> "CreditName | None":
        """The decision that a credit stands for: the ledger's own is named after it, the ERP's answers such a one."""
        return cls.read(source_id if source == LEDGER else answers or "")

    @classmethod
    def read(cls, text: str) -> "CreditName | None":
        """None for what is called otherwise."""
        kind, *parts = text.split("/")
        if kind != "dispute":
            return None
        try:
            dispute_id, version, place = parts
            return cls(UUID(dispute_id), int(version), int(place))
        except ValueError:
            return None


def object_id(source: str, kind: str, id: str) -> UUID:  # noqa: A002 - the contract's own word
    """Our id of an ERP object: UUIDv5 over the compact UTF-8 JSON of `[source, kind, id]`, the id verbatim."""
    return _uuid5(f"[{quoted(source)},{quoted(kind)},{quoted(id)}]")


def derived_id(*cause: object) -> UUID:
    """An id that the same cause always yields: UUIDv5 over the compact JSON of the parts' texts."""
    return _uuid5(f"[{','.join([quoted(str(part)) for part in cause])}]")


def paid_here_name(payment_id: UUID) -> str:
    """What the ledger calls its entry of a payment that the portal has confirmed."""
    return f"payment/{payment_id}"


def paid_here_id(payment_id: UUID) -> UUID:
    """The id of that entry, under which the ledger tells of it."""
    return object_id(LEDGER, "payment", paid_here_name(payment_id))


def read_id(text: str) -> UUID:
    """An id as it was written; raises ValueError."""
    return DriverUUID(text)


def _uuid5(name: str) -> UUID:
    digest = bytearray(sha1(_SEED + name.encode(), usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    return DriverUUID(bytes(digest))
