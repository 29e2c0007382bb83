"""Free ports, and doors that answer."""

import socket
import sys
import urllib.error
import urllib.request

LOOPBACK = "127.0.0.1"
LOOK_TIMEOUT_S = 2.0

_claims: list[socket.socket] = []


def free_port(preferred: int = 0) -> int:
    """The preferred port when nobody listens there, else any free one.

    It is ours from then on, as long as this process lives: no other stack is told the same one
    before something listens there.
    """
    if preferred and _can_bind(preferred) and _reserve(preferred):
        return preferred

    while True:
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            port: int = probe.getsockname()[1]
        if _reserve(port):
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


def _reserve(port: int) -> bool:
    """Take a name that the kernel gives to one process only, and takes back when it ends."""
    if sys.platform != "linux":
        return True

    claim = socket.socket(socket.AF_UNIX)
    try:
        claim.bind(f"\0dunwell-port-{port}")
    except OSError:
        claim.close()
        return False
    _claims.append(claim)
    return True


def _can_bind(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True
