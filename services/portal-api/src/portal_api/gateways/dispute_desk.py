"""Disputes, asked over its doors in a contact's name. Never inside a transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from portal_api.domain.dispute import DisputeUnknown, PaperUnknown
from portal_api.domain.session import Session
from shared.base.ids import derived_id
from shared.contracts.disputes import State
from shared.web.calls import PassedOn, Peer, document_of

UNKNOWN: Final = PassedOn(404, DisputeUnknown.code, "You have no such dispute.")
OTHER_STATE: Final = PassedOn(
    409, "dispute-in-other-state", "What is wanted does not follow from the state it is in."
)
CUSTOMER_UNKNOWN: Final = PassedOn(404, "customer-unknown", "You are not known there yet.")

MORE_THAN_OPEN: Final = PassedOn(
    409, "more-disputed-than-open", "No more is open and not disputed yet."
)
TOO_MANY: Final = PassedOn(
    429, "too-many-disputes", "You have as many open disputes as one may have."
)

OPENING: Final = (
    CUSTOMER_UNKNOWN,
    PassedOn(422, "invoice-unknown", "You have no such invoice."),
    PassedOn(
        422, "items-mixed", "Items of one legal entity and one currency are wanted, each once."
    ),
    MORE_THAN_OPEN,
    TOO_MANY,
    PassedOn(422, "amount-too-precise", "The amount has more decimals than the currency."),
    PassedOn(422, "amount-too-large", "The amount has more digits than are taken."),
)
WITHDRAWING: Final = (UNKNOWN, OTHER_STATE)
REOPENING: Final = (
    UNKNOWN,
    OTHER_STATE,
    MORE_THAN_OPEN,
    TOO_MANY,
    PassedOn(
        422, "evidence-not-new", "A paper is wanted that you brought to it since its outcome."
    ),
    PassedOn(409, "reopening-too-late", "The outcome is too old to be looked at again."),
    PassedOn(409, "reopened-too-often", "You had it opened again as often as one may."),
)
READING: Final = (
    UNKNOWN,
    PassedOn(404, PaperUnknown.code, "You see no such paper of this dispute."),
    PassedOn(409, "paper-not-scanned", "It is not scanned yet, or cannot be."),
    PassedOn(409, "paper-infected", "The scanner found something in it: it is never served."),
    PassedOn(410, "paper-lost", "Its bytes are not there any more."),
)
BRINGING: Final = (
    UNKNOWN,
    OTHER_STATE,
    PassedOn(409, "too-many-papers", "The dispute has as many papers as one may have."),
    PassedOn(422, "paper-name-invalid", "The file's name is none that is safe everywhere."),
    PassedOn(422, "paper-kind-unknown", "The name ends like none of the kinds that are taken."),
    PassedOn(422, "paper-type-contradicted", "The declared type is not that of the file's name."),
    PassedOn(422, "paper-content-mismatch", "The content is not what the file's name says."),
    PassedOn(422, "paper-empty", "There is nothing in the file."),
    PassedOn(413, "paper-too-large", "The file has more bytes than are taken."),
    PassedOn(422, "paper-encrypted", "It is encrypted: nobody can look into it."),
    PassedOn(413, "paper-expands-too-far", "It unpacks to more than is taken."),
    PassedOn(413, "paper-image-too-large", "The image has more pixels than are taken."),
)
"""What disputes refuses, by what is asked of it; a test holds it against the document of disputes."""

PAPERS_SHOWN_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class DisputeDesk:
    """What customers may ask of disputes. All raise `PeerRefused` or `PeerUnavailable`."""

    peer: Peer

    async def open(
        self, session: Session, items: Sequence[Mapping[str, Any]], *, key: str | None, **said: str
    ) -> Any:
        """A new dispute, or the same one again; as disputes shows it. `said` is reason and words."""
        opening = {**said, **self._of(session), "items": items}
        answer = await self.peer.post("/v1/disputes", key=key_of(session, key), json=opening)
        return document_of(answer, OPENING)

    async def withdraw(
        self, session: Session, dispute_id: UUID, *, key: str | None, why: str
    ) -> Any:
        """It, withdrawn by whoever is signed in."""
        await self.must_be_theirs(session, dispute_id)
        said = {"why": why, "contact_id": session.contact_id}
        path = f"/v1/disputes/{dispute_id}/withdrawals"
        answer = await self.peer.post(path, key=key_of(session, key), json=said)
        return document_of(answer, WITHDRAWING)

    async def bring(
        self, session: Session, dispute_id: UUID, file: tuple[str, bytes, str], *, key: str | None
    ) -> Any:
        """A paper of theirs; `file` is its name, content and declared type."""
        await self.must_be_theirs(session, dispute_id)
        path, said = f"/v1/disputes/{dispute_id}/papers", {"contact_id": session.contact_id}
        answer = await self.peer.post(
            path, key=key_of(session, key), files={"file": file}, data=said
        )
        return document_of(answer, BRINGING)

    async def reopen(
        self,
        session: Session,
        dispute_id: UUID,
        *,
        words: str,
        papers: Sequence[UUID],
        key: str | None,
    ) -> Any:
        """It, open again with new evidence: papers that the customer brought to it before."""
        await self.must_be_theirs(session, dispute_id)
        said = {"why": words, "papers": [str(one) for one in papers]}
        path = f"/v1/disputes/{dispute_id}/reopenings"
        answer = await self.peer.post(
            path, key=key_of(session, key), json=said | {"contact_id": session.contact_id}
        )
        return document_of(answer, REOPENING)

    async def paper(
        self, session: Session, dispute_id: UUID, paper_id: UUID
    ) -> tuple[dict[str, Any], bytes]:
        """One that the customer sees, and its bytes. Raises `PaperUnknown`, too."""
        shown = await self.papers(session, dispute_id)
        paper = next((one for one in shown if one["paper_id"] == str(paper_id)), None)
        if paper is None:
            raise PaperUnknown("you see no such paper of this dispute")
        answer = await self.peer.get(f"/v1/papers/{paper_id}")
        if not answer.is_success:
            document_of(answer, READING)
        return paper, answer.content

    async def papers(self, session: Session, dispute_id: UUID) -> list[Any]:
        """What the customer brought, and what we added for them; what is among us is not theirs."""
        await self.must_be_theirs(session, dispute_id)
        path = f"/v1/disputes/{dispute_id}/papers"
        answer = await self.peer.get(path, params={"limit": PAPERS_SHOWN_MAX})
        found = document_of(answer, (UNKNOWN,))["items"]
        return [one for one in found if one["shared_at"] is not None]

    async def clocks(self, dispute_id: UUID) -> list[Any]:
        """Its clocks now."""
        answer = await self.peer.get(f"/v1/disputes/{dispute_id}/clock")
        return list(document_of(answer, (UNKNOWN,)))

    async def times_decided(self, session: Session, dispute_id: UUID) -> int:
        """How often it was decided by now."""
        states = [one["state"] for one in (await self.must_be_theirs(session, dispute_id))["moves"]]
        return sum(two == State.RESOLVED != one for one, two in pairwise(states))

    async def must_be_theirs(self, session: Session, dispute_id: UUID) -> Any:
        """Disputes knows one that was opened a moment ago; our own rows may not. Another's is as unknown as none."""
        answer = await self.peer.get(f"/v1/disputes/{dispute_id}")
        found = document_of(answer, (UNKNOWN,))
        if found["customer_id"] != str(session.customer_id):
            raise DisputeUnknown("you have no such dispute")
        return found

    def _of(self, session: Session) -> dict[str, str]:
        return {"customer_id": str(session.customer_id), "contact_id": session.contact_id}


def key_of(session: Session, key: str | None) -> str | None:
    """Two customers' equal keys are two; without one disputes knows by the words that it is the same."""
    if key is None:
        return None
    return str(derived_id("command", session.customer_id, session.address, key))
