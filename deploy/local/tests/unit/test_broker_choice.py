"""Which broker this machine gets."""

import pytest

from local_stack import artifacts, broker


@pytest.fixture(autouse=True)
def _nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BROKER", raising=False)
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)


class TestChoose:
    def test_takes_tansu_and_says_so_without_java_and_maven(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", "")
        artifacts.java.cache_clear()

        chosen = broker.choose()

        artifacts.java.cache_clear()
        assert chosen.kind == "tansu"
        assert "Java 17 and Maven" in chosen.reason

    @pytest.mark.parametrize("kind", ["kafka", "tansu"])
    def test_obeys_broker(self, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
        monkeypatch.setenv("BROKER", kind)

        assert broker.choose().kind == kind

    def test_takes_a_broker_that_runs_elsewhere(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "kafka.test:9092")

        assert broker.choose().external == "kafka.test:9092"

    def test_refuses_a_broker_it_does_not_know(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BROKER", "rabbit")

        with pytest.raises(ValueError, match="kafka or tansu"):
            broker.choose()
