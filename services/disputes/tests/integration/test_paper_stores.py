"""One suite for every place of papers; S3's own client and a server that checks signatures are the counterparts."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import boto3
import httpx
import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from pydantic import SecretStr

from disputes.domain.paper import PAPER_BYTES_MAX
from disputes.gateways.folder_store import FolderStore
from disputes.gateways.paper_store import ObjectMissing, PaperStore, StoreAway
from disputes.gateways.s3_signature import Signer
from disputes.gateways.s3_store import S3Store
from shared.base.clock import SystemClock

REGION, BUCKET = "eu-central-1", "evidence"
CALLS_WITHOUT_KEY: Final = 3
"""To make a user, a right and a key; from then on the server wants every signature to be right."""
EVERYTHING = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'


@dataclass(frozen=True)
class Bucket:
    """A server with a bucket, and a key to it."""

    url: str
    signer: Signer

    def store(self, **other: Any) -> S3Store:
        given = {"signer": self.signer, "now": SystemClock().now, "folder": f"{BUCKET}/papers"}
        http = httpx.AsyncClient(base_url=self.url, timeout=10)
        return S3Store(http, **(given | other))


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serve = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    env = os.environ | {"INITIAL_NO_AUTH_ACTION_COUNT": str(CALLS_WITHOUT_KEY)}
    with subprocess.Popen(serve, env=env, stderr=subprocess.DEVNULL) as server:
        url = f"http://127.0.0.1:{port}"
        try:
            yield with_bucket(url)
        finally:
            server.terminate()


def with_bucket(url: str) -> Bucket:
    anybody = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": REGION}
    people: Any = boto3.client("iam", endpoint_url=url, **anybody)
    wait_for(url)
    people.create_user(UserName="dunwell")
    people.put_user_policy(UserName="dunwell", PolicyName="all", PolicyDocument=EVERYTHING)
    key = people.create_access_key(UserName="dunwell")["AccessKey"]
    signer = Signer(key["AccessKeyId"], SecretStr(key["SecretAccessKey"]), REGION)
    known = {
        "aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"],
    }  # fmt: skip
    buckets: Any = boto3.client("s3", endpoint_url=url, region_name=REGION, **known)
    buckets.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    return Bucket(url, signer)


def wait_for(url: str) -> None:
    host, _, port = url.removeprefix("http://").partition(":")
    for _ in range(600):
        with socket.socket() as one:
            one.settimeout(0.1)
            if not one.connect_ex((host, int(port))):
                return
        time.sleep(0.1)
    raise AssertionError("the server did not come up")


@pytest.fixture(params=["folder", "s3"])
async def store(request: Any, tmp_path: Path) -> AsyncIterator[PaperStore]:
    if request.param == "folder":
        yield FolderStore(tmp_path / "papers")
    else:
        yield request.getfixturevalue("bucket").store()


class TestEveryStore:
    async def test_gives_back_what_it_was_given_to_the_byte(self, store: PaperStore) -> None:
        for content in (b"x", bytes(range(256)) * 400, os.urandom(PAPER_BYTES_MAX)):
            object_id = uuid4()
            await store.put(object_id, content)
            assert await store.get(object_id) == content

    async def test_takes_the_same_thing_twice(self, store: PaperStore) -> None:
        object_id = uuid4()
        await store.put(object_id, b"once")
        await store.put(object_id, b"once")
        assert await store.get(object_id) == b"once"

    async def test_keeps_objects_apart(self, store: PaperStore) -> None:
        ids = [uuid4() for _ in range(8)]
        await asyncio.gather(*(store.put(one, one.bytes) for one in ids))
        assert [await store.get(one) for one in ids] == [one.bytes for one in ids]

    async def test_forgets_and_is_not_surprised_to_have_forgotten(self, store: PaperStore) -> None:
        object_id, other = uuid4(), uuid4()
        await store.put(object_id, b"gone soon")
        await store.put(other, b"stays")
        for _ in range(2):
            await store.delete(object_id)
        with pytest.raises(ObjectMissing):
            await store.get(object_id)
        assert await store.get(other) == b"stays"

    async def test_says_what_it_never_had(self, store: PaperStore) -> None:
        with pytest.raises(ObjectMissing):
            await store.get(uuid4())


class TestFolder:
    async def test_nobody_reads_what_is_not_whole(self, tmp_path: Path) -> None:
        """A process that died while it wrote left its file under another name, and deletion takes that too."""
        store, object_id = FolderStore(tmp_path), uuid4()
        unfinished = tmp_path / object_id.hex[:2] / f"{object_id.hex}.part"
        unfinished.parent.mkdir()
        unfinished.write_bytes(b"ha")
        with pytest.raises(ObjectMissing):
            await store.get(object_id)

        await store.put(object_id, b"whole")
        assert not unfinished.exists()
        unfinished.write_bytes(b"ha")
        await store.delete(object_id)
        assert not [one for one in tmp_path.rglob("*") if one.is_file()]

    async def test_only_its_owner_may_look(self, tmp_path: Path) -> None:
        store, object_id = FolderStore(tmp_path / "papers"), uuid4()
        await store.put(object_id, b"x")
        modes = {one.name: one.stat().st_mode & 0o777 for one in (tmp_path / "papers").rglob("*")}
        assert modes == {object_id.hex[:2]: 0o700, object_id.hex: 0o600}

    async def test_a_folder_that_cannot_be_written_is_away(self, tmp_path: Path) -> None:
        (tmp_path / "papers").write_bytes(b"a file where a folder should be")
        with pytest.raises(OSError, match="papers"):
            await FolderStore(tmp_path / "papers").put(uuid4(), b"x")


class TestS3:
    async def test_a_wrong_key_and_no_bucket_are_an_away_store(self, bucket: Bucket) -> None:
        """A 404 of a bucket that is not there must not say that our object is lost."""
        wrong = Signer(bucket.signer.access_key_id, SecretStr("wrong"), REGION)
        for store in (
            bucket.store(signer=wrong),
            bucket.store(folder="nobodys"),
        ):
            with pytest.raises(StoreAway):
                await store.get(uuid4())
            with pytest.raises(StoreAway):
                await store.put(uuid4(), b"x")

    async def test_a_server_that_is_not_there_is_away(self, bucket: Bucket) -> None:
        store = Bucket("http://127.0.0.1:1", bucket.signer).store()
        with pytest.raises(StoreAway):
            await store.get(uuid4())

    async def test_more_than_a_paper_is_not_read(self, bucket: Bucket) -> None:
        store, object_id = bucket.store(), UUID(int=7)
        await store.put(object_id, bytes(PAPER_BYTES_MAX + 1))
        with pytest.raises(StoreAway):
            await store.get(object_id)

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    def test_signs_as_the_official_client_does(self, method: str) -> None:
        at = datetime(2026, 4, 20, 9, 30, 5, tzinfo=UTC) + timedelta(microseconds=7)
        signer = Signer(
            "AKIDEXAMPLE", SecretStr("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), REGION
        )
        ours = signer.headers(method, "s3.example:9000", "/evidence/a%20b", b"abc", moment=at)

        theirs = AWSRequest(method, "https://s3.example:9000/evidence/a%20b", data=b"abc")
        theirs.context["timestamp"] = at.strftime("%Y%m%dT%H%M%SZ")
        theirs.headers["x-amz-content-sha256"] = sha256(b"abc").hexdigest()
        theirs.headers["x-amz-date"] = at.strftime("%Y%m%dT%H%M%SZ")
        theirs.headers["host"] = "s3.example:9000"
        keys = Credentials(signer.access_key_id, signer.secret_access_key.get_secret_value())
        auth = S3SigV4Auth(keys, "s3", REGION)
        canonical = auth.canonical_request(theirs)
        signature = auth.signature(auth.string_to_sign(theirs, canonical), theirs)
        assert ours["authorization"].endswith(f"Signature={signature}")
