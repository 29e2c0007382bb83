"""Free ports, and doors that answer."""

import socket
import urllib.error
import urllib.request

LOOPBACK = "127.0.0.1"
LOOK_TIMEOUT_S = 2.0


def free_port(preferred: int = 0) -> int:
    """The preferred port when nobody listens there, else any free one."""
    if preferred and _can_bind(preferred):
        return preferred

    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Whether something accepts connections at the port."""
    with socket.socket() as probe:
        probe.settimeout(LOOK_TIMEOUT_S)
        return probe.connect_ex((LOOPBACK, port)) == 0


def answers(url: str) -> bool:
    """Whether a GET of the address is answered with 2xx."""
    try:
        with urllib.request.urlopen(url, timeout=LOOK_TIMEOUT_S) as answer:
            return 200 <= int(answer.status) < 300
    except (OSError, urllib.error.URLError):
        return False


def _can_bind(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True
