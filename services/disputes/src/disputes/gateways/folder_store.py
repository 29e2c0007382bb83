"""Papers in a folder: for one machine, or on a volume that all processes of the service mount."""

import asyncio
import os
from pathlib import Path
from uuid import UUID

from typing_extensions import override

from disputes.gateways.paper_store import ObjectMissing, PaperStore

FILE_MODE = 0o600
FOLDER_MODE = 0o700


class FolderStore(PaperStore):
    """A file has the name of its object, in one of 256 folders; while it is written it has another."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @override
    async def put(self, object_id: UUID, content: bytes) -> None:
        await asyncio.to_thread(self._write, self._path(object_id), content)

    @override
    async def get(self, object_id: UUID) -> bytes:
        try:
            return await asyncio.to_thread(self._path(object_id).read_bytes)
        except FileNotFoundError:
            raise ObjectMissing(f"there is no object {object_id}") from None

    @override
    async def delete(self, object_id: UUID) -> None:
        path = self._path(object_id)
        for one in (path, _unfinished(path)):
            await asyncio.to_thread(one.unlink, missing_ok=True)

    def _path(self, object_id: UUID) -> Path:
        name = object_id.hex
        return self._folder / name[:2] / name

    def _write(self, path: Path, content: bytes) -> None:
        """To the disk under another name, then renamed: nobody ever reads half of it."""
        path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        unfinished = _unfinished(path)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        unfinished.replace(path)
        for folder in (path.parent, self._folder):
            _sync(folder)


def _unfinished(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


def _sync(folder: Path) -> None:
    """A name is on the disk when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
