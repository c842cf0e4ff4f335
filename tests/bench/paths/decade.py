"""The same after ten years."""

from __future__ import annotations

from tests.bench.paths import years
from tests.bench.table import Row


def run(seconds: float, *, small: bool) -> list[Row]:
    days = 10 * (28 if small else years.YEAR)
    first, last = years.on_sqlite(years.FIRST_DAYS), years.on_sqlite(days)
    return years.compared(first, last, seconds, f"after {days} days")
