"""Papers in a bucket of S3, or of what is compatible with it."""

import re
from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

import httpx
from typing_extensions import override

from disputes.domain.paper import PAPER_BYTES_MAX
from disputes.gateways.paper_store import ObjectMissing, PaperStore, StoreAway
from disputes.gateways.s3_signature import Signer
from shared.base.clock import Moment

ERROR_BYTES_MAX = 4096
_CODE = re.compile(rb"<Code>(\w{1,80})</Code>")


class S3Store(PaperStore):
    """`folder` is bucket and prefix: `papers/production`. `now` is machine time."""

    def __init__(
        self, http: httpx.AsyncClient, folder: str, signer: Signer, *, now: Callable[[], Moment]
    ) -> None:
        self._http = http
        self._folder = folder.strip("/")
        self._signer = signer
        self._now = now

    @override
    async def put(self, object_id: UUID, content: bytes) -> None:
        await self._ask("PUT", object_id, content)

    @override
    async def get(self, object_id: UUID) -> bytes:
        return await self._ask("GET", object_id)

    @override
    async def delete(self, object_id: UUID) -> None:
        await self._ask("DELETE", object_id)

    async def _ask(self, method: str, object_id: UUID, content: bytes = b"") -> bytes:
        """What is answered, which is never more than a paper has."""
        url = self._http.base_url.join(f"/{self._folder}/{object_id.hex}")
        headers = self._signer.headers(
            method, url.netloc.decode(), url.raw_path.decode(), content, moment=self._now()
        )
        answered = bytearray()
        try:
            async with self._http.stream(method, url, content=content, headers=headers) as answer:
                async for block in answer.aiter_bytes():
                    answered += block
                    if len(answered) > PAPER_BYTES_MAX:
                        raise StoreAway("it answers more than a paper has")
        except httpx.HTTPError as error:
            raise StoreAway(f"it does not answer: {error!r}") from error
        if not answer.is_success:
            raise _refused(answer.status_code, bytes(answered[:ERROR_BYTES_MAX]))
        return bytes(answered)


def _refused(status: int, said: bytes) -> Exception:
    """A missing object has a name of its own: a missing bucket is answered 404, too."""
    found = _CODE.search(said)
    code = found[1].decode() if found else ""
    if status == HTTPStatus.NOT_FOUND and code == "NoSuchKey":
        return ObjectMissing("there is no such object")
    return StoreAway(f"it answers {status} {code}".rstrip())
