"""Ratios of the results as bars, beside what they have to reach: `python tests/bench/picture.py`."""

import json
from pathlib import Path
from xml.sax.saxutils import escape

HERE = Path(__file__).parent
PICTURE = HERE.parents[1] / "docs/pictures/bench.svg"

WIDTH, LEFT, ROW, TOP, SCALE = 980, 300, 44, 76, 300
"""`SCALE` is the width of the ratio 1."""

GOALS = {
    "ledger ingest": (0.5, 0.7),
    "outbox relay": (0.6, 0.8),
    "scheduler projection": (0.5, 0.7),
    "ledger + relay + scheduler": (0.5, 0.7),
    "notifier to SMTP": (0.5, 0.7),
    "read by key": (0.5, 0.8),
    "list of open items": (0.5, 0.8),
    "invoice at the portal": (0.5, 0.8),
    "statement of 500 at the portal": (0.5, 0.8),
    "redelivered duplicates (raw: first)": (1.5, 1.8),
    "decide, 5 million pending (raw: 100k)": (1.5, 1.3),
    "payment to projection, p99 at 50/s": (2.0, 1.3),
}
"""Floor and aim by work; where the aim is the smaller, less is better."""

MET, MISSED, INK, PALE = "#7fa37a", "#d07f5e", "#33302b", "#8d857a"


def drawn(rows: list[dict[str, object]]) -> str:
    """An SVG: a bar a work, a solid line for its floor and a dashed one for its aim."""
    shown = [row for row in rows if row["work"] in GOALS]
    height = TOP + ROW * len(shown) + 16
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'font-family="Verdana, sans-serif" font-size="13" fill="{INK}">'
        ),
        '<rect width="100%" height="100%" fill="#fbf8f3"/>',
        '<text x="20" y="30" font-size="18">Dunwell beside a hand-written floor</text>',
        (
            f'<text x="20" y="52" fill="{PALE}">ours ÷ raw, medians of turns; solid line: floor, dashed: aim; '
            "green reaches its floor</text>"
        ),
    ]
    for place, row in enumerate(shown):
        parts += _bar(row, TOP + place * ROW)
    return "\n".join([*parts, "</svg>\n"])


def _bar(row: dict[str, object], y: int) -> list[str]:
    (floor, aim), ratio = GOALS[str(row["work"])], float(str(row["ratio"]))
    met = ratio <= floor if aim < floor else ratio >= floor
    marks = [
        f'<line x1="{LEFT + goal * SCALE:.0f}" x2="{LEFT + goal * SCALE:.0f}" y1="{y}" y2="{y + 30}" '
        f'stroke="{INK}" stroke-width="1.6"{dash}/>'
        for goal, dash in ((floor, ""), (aim, ' stroke-dasharray="3 3"'))
    ]
    width = min(ratio * SCALE, WIDTH - LEFT - 70)
    return [
        f'<text x="{LEFT - 12}" y="{y + 20}" text-anchor="end">{escape(str(row["work"]))}</text>',
        f'<rect x="{LEFT}" y="{y + 4}" width="{width:.0f}" height="22" rx="3" fill="{MET if met else MISSED}"/>',
        *marks,
        f'<text x="{LEFT + max(width, max(floor, aim) * SCALE) + 8:.0f}" y="{y + 20}">{ratio:.2f}</text>',
    ]


if __name__ == "__main__":
    PICTURE.write_text(drawn(json.loads((HERE / "results.json").read_text())))
