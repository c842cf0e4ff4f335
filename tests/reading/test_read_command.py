"""`manage.py read` prints one JSON object a text, in the shape others rely on."""

from __future__ import annotations

import io
import json
import sys

import pytest
from django.core.management import CommandError, call_command


def _run(*arguments: str, **options: object) -> list[dict[str, object]]:
    out = io.StringIO()
    call_command("read", *arguments, stdout=out, **options)
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.django_db
def test_a_text_is_printed_as_one_json_object() -> None:
    (row,) = _run(
        "2 towels please, and a taxi at 19:30", property="nowhere", now="2026-03-10T15:00"
    )
    assert list(row) == ["text", "language", "intent", "urgent", "requests", "staff"]
    assert row["requests"] == [
        {
            "service": "towels",
            "desk": "housekeeping",
            "quantity": 2,
            "at": None,
            "confidence": 0.95,
        },
        {
            "service": "taxi",
            "desk": "bell",
            "quantity": None,
            "at": "2026-03-10T19:30:00+02:00",
            "confidence": 0.95,
        },
    ]


@pytest.mark.django_db
def test_lines_of_any_bytes_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = io.TextIOWrapper(io.BytesIO(b"2 towels\n\xff\xfe\n\nhavlu\n"), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", lines)
    rows = _run(json_lines=True, property="nowhere")
    assert [row["intent"] for row in rows] == ["request", "other", "other", "request"]


@pytest.mark.django_db
def test_what_cannot_be_written_is_escaped() -> None:
    (row,) = _run("\ud800 hello", property="nowhere")
    assert row["text"] == "\ud800 hello"


@pytest.mark.django_db
def test_nothing_to_read_and_a_time_that_is_none_are_refused() -> None:
    with pytest.raises(CommandError, match="Give a text"):
        _run()
    with pytest.raises(CommandError, match="not an ISO time"):
        _run("hi", now="teatime", property="nowhere")
