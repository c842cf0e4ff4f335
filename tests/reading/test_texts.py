"""How well 300 labelled texts are read.

`tune` rows were looked at while writing the language files, `report` rows not.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from requests_app.reading import CERTAIN, Reading, Setting, read

ROWS = [
    json.loads(line)
    for line in Path(__file__).with_name("texts.jsonl").read_text(encoding="utf-8").splitlines()
]
CHECKS = ("language", "intent", "services", "quantities", "times", "urgent", "staff", "no guess")
FLOORS = {"tune": 0.94, "report": 0.9}
TOO_SHORT_TO_TELL = 9
"""Characters: 'ok', '🙏' and '1' are in no language."""


def _checks(row: dict[str, Any], got: Reading, today: date) -> dict[str, bool]:
    wanted = row["requests"]
    services = sorted(wish["service"] for wish in wanted)
    return {
        "language": got.language == row["language"] or len(row["text"]) < TOO_SHORT_TO_TELL,
        "intent": got.intent == row["intent"],
        "services": sorted(wish.service for wish in got.requests) == services,
        "quantities": sorted((w.service, w.quantity or 0) for w in got.requests)
        == sorted((w["service"], w["quantity"] or 0) for w in wanted),
        "times": all(_at(wish, got, today) for wish in wanted if wish["at"]),
        "urgent": got.urgent == row.get("urgent", False),
        "staff": list(got.staff) == row.get("staff", []),
        # A certain wish that nobody made is the one error a guest would see.
        "no guess": all(w.service in services for w in got.requests if w.confidence >= CERTAIN),
    }


def _at(wish: dict[str, Any], got: Reading, today: date) -> bool:
    days, clock = wish["at"].split(":", 1)
    expected = f"{today + timedelta(days=int(days))}T{clock}"
    return any(
        w.service == wish["service"] and w.at is not None and w.at.isoformat()[:16] == expected
        for w in got.requests
    )


def test_there_are_enough_texts_and_a_quarter_asks_for_nothing() -> None:
    quiet = sum(not row["requests"] for row in ROWS)
    assert len(ROWS) >= 250
    assert quiet / len(ROWS) >= 0.25


@pytest.mark.parametrize("part", ["tune", "report"])
@pytest.mark.parametrize("language", ["en", "tr", "fi"])
def test_labelled_texts_are_read_as_labelled(
    language: str, part: str, setting: Setting, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [row for row in ROWS if (row["language"], row["part"]) == (language, part)]
    right: Counter[str] = Counter()
    wrong = []
    for row in rows:
        checks = _checks(row, read(row["text"], setting), setting.now.date())
        right.update(name for name, held in checks.items() if held)
        if not all(checks.values()):
            wrong.append((row["text"], [name for name, held in checks.items() if not held]))
    shares = {name: right[name] / len(rows) for name in CHECKS}
    with capsys.disabled():
        cells = "  ".join(f"{name} {share:4.0%}" for name, share in shares.items())
        print(f"\n{language} {part:6} n={len(rows):3}  {cells}")  # noqa: T201
    assert min(shares.values()) >= FLOORS[part], wrong
