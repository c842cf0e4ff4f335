"""Rows of the table of measurements, and how they are printed."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """One goal. ``ratio`` is ours to the floor's; ``at_least`` says which way is good."""

    path: str
    ours: str
    floor: str
    ratio: float
    goal: float
    at_least: bool = False
    figures: dict[str, float] = field(default_factory=dict)
    """What docs/scale.md reckons with, by names that carry the unit. Not shown in the table."""

    @property
    def met(self) -> bool:
        return self.ratio >= self.goal if self.at_least else self.ratio <= self.goal

    def cells(self) -> list[str]:
        sign = "≥" if self.at_least else "≤"
        shown = "–" if math.isnan(self.ratio) else f"{self.ratio:.2f}"
        return [
            self.path,
            self.ours,
            self.floor,
            shown,
            f"{sign} {self.goal:g}",
            "yes" if self.met else "**no**",
        ]


HEADINGS = ["path", "ours", "floor, same run", "ratio", "goal", "met"]


def table(rows: Sequence[Row]) -> str:
    """Markdown, aligned so that a terminal shows it as well."""
    lines = [HEADINGS, *(row.cells() for row in rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(HEADINGS))]
    shown = [" | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) for line in lines]
    shown.insert(1, " | ".join("-" * w for w in widths))
    return "\n".join(f"| {line} |" for line in shown)


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 0.1 else f"{seconds * 1000:.0f} ms"


def median(figures: Sequence[float]) -> float:
    return statistics.median(figures)


def percentile(figures: Sequence[float], share: float) -> float:
    """The figure below which ``share`` (0 to 1) of them lie."""
    ordered = sorted(figures)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]
