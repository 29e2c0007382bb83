"""Two stacks on one machine do not get in each other's way."""

import socket
import subprocess
import sys

import pytest

from local_stack.addresses import LOOPBACK, free_port

_ASK = "import sys; from local_stack.addresses import free_port; print(free_port(int(sys.argv[1])))"


class TestFreePort:
    def test_is_the_preferred_one_when_it_is_free(self) -> None:
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            port: int = probe.getsockname()[1]

        assert free_port(port) == port

    def test_is_another_one_when_somebody_listens_there(self) -> None:
        with socket.socket() as taken:
            taken.bind((LOOPBACK, 0))
            taken.listen()
            port: int = taken.getsockname()[1]

            assert free_port(port) != port

    @pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's")
    def test_is_not_given_to_two_processes_before_anybody_listens(self) -> None:
        port = free_port()

        asked = subprocess.run(
            [sys.executable, "-c", _ASK, str(port)], capture_output=True, text=True, check=True
        )

        assert int(asked.stdout) != port
