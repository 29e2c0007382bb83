"""What a stack leaves on disk, and what of it goes when it starts afresh."""

from pathlib import Path

import pytest

from local_stack import state


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stack's folder, whose cache is somebody else's folder by a link."""
    folder, cache = tmp_path / "local", tmp_path / "elsewhere"
    for one in (folder / "papers", folder / "logs", cache):
        one.mkdir(parents=True)
        (one / "kept").write_text("x")
    (folder / "cache").symlink_to(cache)
    monkeypatch.setattr(state, "LOCAL", folder)
    monkeypatch.setattr(state, "CACHE", cache)
    monkeypatch.setattr(state, "LOGS", folder / "logs")
    monkeypatch.setattr(state, "_KEPT_WHEN_FRESH", {cache, folder / "logs"})
    return folder


class TestForget:
    def test_keeps_what_was_fetched_though_it_lies_elsewhere(self, local: Path) -> None:
        state.forget()

        assert (local / "cache" / "kept").exists()
        assert {one.name for one in local.iterdir()} == {"cache", "logs"}

    def test_removes_a_link_and_not_what_it_leads_to(self, local: Path, tmp_path: Path) -> None:
        (tmp_path / "mine").mkdir()
        (local / "other").symlink_to(tmp_path / "mine")

        state.forget()

        assert not (local / "other").is_symlink()
        assert (tmp_path / "mine").exists()
