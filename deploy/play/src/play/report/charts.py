"""Charts as SVG text, drawn here and needing nothing from anywhere."""

from collections.abc import Sequence
from html import escape

from play.report.scales import Scale, scale, short

WIDTH = 420
HEIGHT = 210
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 12, 24
NAME_HEIGHT = 14

Series = tuple[str, Sequence[float]]
"""CSS class of a series, and its values."""


def area_chart(
    title: str, labels: Sequence[str], layers: Sequence[Series], *, outlines: Sequence[Series] = ()
) -> str:
    """Layers stacked on one another, first at the bottom, and outlines from zero; a label may be empty."""
    sums = [sum(values) for values in zip(*(layer for _, layer in layers), strict=True)]
    highest = max([*sums, *(value for _, values in outlines for value in values)], default=0)
    y = scale(highest, floor=HEIGHT - BOTTOM, ceiling=TOP)
    x = [_spread(n, len(labels)) for n in range(len(labels))]
    parts = [*_grid(y), *_bottom_labels(x, labels)]

    base = [0.0] * len(labels)
    for css, values in layers:
        top = [low + value for low, value in zip(base, values, strict=True)]
        outline = _points(x, top, y)
        under = _points(x[::-1], base[::-1], y)
        parts.append(f'<polygon class="area {css}" points="{outline} {under}"/>')
        parts.append(f'<polyline class="line {css}" points="{outline}"/>')
        base = top
    for css, values in outlines:
        parts.append(f'<polyline class="line {css}" points="{_points(x, values, y)}"/>')
    return _svg(title, parts)


def line_chart(
    title: str, labels: Sequence[str], series: Sequence[tuple[str, str, Sequence[float | None]]]
) -> str:
    """Lines with a dot at the end; each is CSS class, name and values, None where there is none."""
    known = [v for _, _, values in series for v in values if v is not None]
    y = scale(max(known, default=0), floor=HEIGHT - BOTTOM, ceiling=TOP)
    x = [_spread(n, len(labels), right=46) for n in range(len(labels))]
    parts = [*_grid(y), *_bottom_labels(x, labels)]

    ends: list[tuple[float, float, str, str]] = []
    for css, name, values in series:
        drawn = [(at, y.at(v)) for at, v in zip(x, values, strict=True) if v is not None]
        if drawn:
            points = " ".join(f"{px},{py}" for px, py in drawn)
            parts.append(f'<polyline class="line {css}" points="{points}"/>')
            ends.append((drawn[-1][1], drawn[-1][0], css, name))
    parts += _names(sorted(ends))
    return _svg(title, parts)


def column_chart(title: str, labels: Sequence[str], layers: Sequence[Series]) -> str:
    """One column for each label, of stacked layers, with the sum on top."""
    sums = [sum(values) for values in zip(*(layer for _, layer in layers), strict=True)]
    y = scale(max(sums, default=0), floor=HEIGHT - BOTTOM, ceiling=TOP + 10)
    slot = (WIDTH - LEFT - RIGHT) / max(1, len(labels))
    middles = [round(LEFT + slot * (n + 0.5), 2) for n in range(len(labels))]
    wide = min(30.0, slot * 0.62)
    parts = [*_grid(y), *_bottom_labels(middles, labels)]

    for n, middle in enumerate(middles):
        low = 0.0
        for css, values in layers:
            if values[n]:
                span = (y.at(low), y.at(low + values[n]))
                parts.append(_box(css, middle, wide, span))
            low += values[n]
        if low:
            parts.append(f'<text class="sum" x="{middle}" y="{y.at(low) - 5}">{short(low)}</text>')
    return _svg(title, parts)


def _svg(title: str, parts: Sequence[str]) -> str:
    body = "".join(parts)
    named = escape(title)
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{named}">'
        f"<title>{named}</title>{body}</svg>"
    )


def _grid(y: Scale) -> list[str]:
    lines = []
    for tick in y.ticks:
        at = y.at(tick)
        css = "axis" if tick == 0 else "grid"
        lines.append(f'<line class="{css}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at}" y2="{at}"/>')
        lines.append(f'<text class="tick" x="{LEFT - 6}" y="{at + 4}">{short(tick)}</text>')
    return lines


def _bottom_labels(x: Sequence[float], labels: Sequence[str]) -> list[str]:
    return [
        f'<text class="below" x="{at}" y="{HEIGHT - 7}">{escape(label)}</text>'
        for at, label in zip(x, labels, strict=True)
        if label
    ]


def _points(x: Sequence[float], values: Sequence[float], y: Scale) -> str:
    return " ".join(f"{at},{y.at(value)}" for at, value in zip(x, values, strict=True))


def _box(css: str, middle: float, wide: float, span: tuple[float, float]) -> str:
    bottom, top = span
    return (
        f'<rect class="box {css}" x="{middle - wide / 2:.2f}" y="{top}" width="{wide:.2f}" '
        f'height="{bottom - top:.2f}"/>'
    )


def _spread(n: int, count: int, *, right: float = RIGHT) -> float:
    whole = WIDTH - LEFT - right
    return round(LEFT + (whole * n / (count - 1) if count > 1 else whole / 2), 2)


def _names(ends: Sequence[tuple[float, float, str, str]]) -> list[str]:
    """A dot and a name at the end of each line, from the top down, no name on top of another."""
    parts: list[str] = []
    free_from = 0.0
    for end_y, end_x, css, name in ends:
        at = max(end_y, free_from)
        free_from = at + NAME_HEIGHT
        parts.append(f'<circle class="dot {css}" cx="{end_x}" cy="{end_y}" r="3.5"/>')
        parts.append(f'<text class="name" x="{end_x + 8}" y="{at + 4:.1f}">{escape(name)}</text>')
    return parts
