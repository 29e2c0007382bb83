"""Scales of charts: round axis ends, and numbers short enough for an axis."""

from dataclasses import dataclass
from decimal import Decimal

ROUND_STEPS = (1, 2, 5, 10)
"""Axis steps are one of these times a power of ten."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps 0 … `top` to the pixels `floor` … `ceiling` (which is above: fewer pixels)."""

    top: float
    floor: float
    ceiling: float
    ticks: tuple[float, ...]

    def at(self, value: float) -> float:
        share = value / self.top if self.top else 0.0
        return round(self.floor - share * (self.floor - self.ceiling), 2)


def scale(largest: float, *, floor: float, ceiling: float, steps: int = 3) -> Scale:
    """A scale from zero to a round number that is at least `largest`, in about so many steps."""
    step = _round_step(max(largest, 1e-9) / steps)
    count = 1
    while count * step < largest:
        count += 1
    ticks = tuple(step * n for n in range(count + 1))
    return Scale(top=ticks[-1], floor=floor, ceiling=ceiling, ticks=ticks)


def short(number: float | Decimal) -> str:
    """`1234567` → `1.2 m`, `45600` → `46 k`, `950` → `950`."""
    size = float(number)
    if abs(size) >= 999_500:
        return f"{size / 1_000_000:.1f} m"
    if abs(size) >= 10_000:
        return f"{size / 1_000:.0f} k"
    return f"{size:,.0f}".replace(",", "\u2009")


def _round_step(rough: float) -> float:
    power = 1.0
    while power * 10 <= rough:
        power *= 10
    while power > rough:
        power /= 10
    return next(power * step for step in ROUND_STEPS if power * step >= rough)
