"""Where the CPU goes: samples of the Python stack by CPU time, drawn as a flame graph.

SIGUSR1 begins sampling (after the warm part). Time inside C counts for the Python function that called it.
"""

import signal
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from xml.sax.saxutils import escape

EVERY_CPU_SECONDS = 0.001
SHOWN_SHARE_MIN = 0.004
"""Narrower boxes are left out."""

WIDTH, ROW, TOP = 1200, 17, 46
COLOURS = {
    "ledger/": "#d98c5f", "scheduler/": "#d98c5f", "notifier/": "#d98c5f",
    "shared/": "#e3b45c", "aiokafka/": "#8fb0c9", "asyncpg/": "#93b993",
}  # fmt: skip
OTHERS = "#c9c2b8"

Stack = tuple[str, ...]


@contextmanager
def sampled(picture: Path, title: str) -> Iterator[None]:
    """Sample from SIGUSR1 to the end of the block, then draw."""
    stacks: Counter[Stack] = Counter()

    def begin(*_: object) -> None:
        signal.signal(signal.SIGPROF, sample)
        signal.setitimer(signal.ITIMER_PROF, EVERY_CPU_SECONDS, EVERY_CPU_SECONDS)

    def sample(_: int, frame: FrameType | None) -> None:
        stack = []
        while frame is not None:
            stack.append(name_of(frame))
            frame = frame.f_back
        stacks[tuple(reversed(stack))] += 1

    signal.signal(signal.SIGUSR1, begin)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)
    picture.write_text(drawn(stacks, title))


def name_of(frame: FrameType) -> str:
    """`ledger/handlers/take_record.py take_record`: never a path of the machine."""
    code = frame.f_code
    path = code.co_filename
    for root in (
        "/src/",
        "/tests/",
        "/site-packages/",
        f"/python{sys.version_info[0]}.{sys.version_info[1]}/",
    ):
        path = path.rpartition(root)[2]
    return f"{path.lstrip('/')} {code.co_qualname}"


def drawn(stacks: Counter[Stack], title: str) -> str:
    """An SVG: each box is a function, as wide as its share; what it called stands below it."""
    total = stacks.total() or 1
    boxes: list[str] = []
    depth = _draw(boxes, _plain(stacks), total, x=0.0, depth=0)
    height = TOP + (depth + 1) * ROW
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="Verdana, sans-serif" '
        f'font-size="11"><rect width="100%" height="100%" fill="#fbf8f3"/>'
        f'<text x="8" y="20" font-size="15">{escape(title)}</text>'
        f'<text x="8" y="37" fill="#666">{total} samples of CPU time; orange: the service, yellow: shared, '
        f"blue: aiokafka, green: asyncpg, grey: everything else</text>"
    )
    return head + "\n".join(boxes) + "</svg>\n"


def _plain(stacks: Counter[Stack]) -> Counter[Stack]:
    """Without the frames above the first of interest: the loop and our own script."""
    plain: Counter[Stack] = Counter()
    for stack, count in stacks.items():
        first = next((at for at, name in enumerate(stack) if name.startswith(tuple(COLOURS))), 0)
        plain[stack[first:]] += count
    return plain


def _draw(boxes: list[str], stacks: Counter[Stack], total: int, *, x: float, depth: int) -> int:
    """Draw one level and, below each box, what it called; answers the deepest level drawn."""
    groups: dict[str, Counter[Stack]] = {}
    for stack, count in stacks.items():
        if stack:
            groups.setdefault(stack[0], Counter())[stack[1:]] += count
    deepest = depth
    for name, below in sorted(groups.items(), key=lambda one: -one[1].total()):
        share = below.total() / total
        if share < SHOWN_SHARE_MIN:
            continue
        boxes.append(_box(name, share, x, TOP + depth * ROW))
        deepest = max(deepest, _draw(boxes, below, total, x=x, depth=depth + 1))
        x += share * WIDTH
    return deepest


def _box(name: str, share: float, x: float, y: int) -> str:
    path, _, function = name.partition(" ")
    colour = next((one for root, one in COLOURS.items() if path.startswith(root)), OTHERS)
    width = share * WIDTH
    letters = int(width / 6.4) - 1
    label = f"{function.rpartition('.')[2]} {share:.1%}"
    return (
        f'<g><title>{escape(name)} {share:.1%}</title><rect x="{x:.1f}" y="{y}" width="{max(width - 0.6, 0.4):.1f}" '
        f'height="{ROW - 1}" rx="2" fill="{colour}"/>'
        f'<text x="{x + 3:.1f}" y="{y + 12}">{escape(label[:letters]) if letters > 2 else ""}</text></g>'
    )
