"""What is proved on SQLite about races and lost words, proved again on a real PostgreSQL."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.serving import ROOT, environment

pytestmark = pytest.mark.services

AGAIN = [
    *("tests/actions/test_constraints.py", "tests/actions/test_prepared.py"),
    *("tests/actions/test_moves.py", "tests/actions/test_two_clocks.py"),
    *("tests/webhooks/test_floods.py", "tests/webhooks/test_races.py"),
    *("tests/outbox/test_sending.py", "tests/outbox/test_workers.py"),
    *("tests/inbox/test_reconciling.py", "-k", "not any_order"),
]
"""Where the database decides: locks, constraints, races, SQL of our own."""


def test_races_and_lost_words_hold_on_postgresql(
    postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *AGAIN, "-q", "-p", "no:cacheprovider", "-p", "no:xdist"],
        env=environment(tmp_path_factory.mktemp("postgres"), TEST_DATABASE_URL=postgres_url)
        | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert run.returncode == 0, run.stdout[-8_000:] + run.stderr[-2_000:]
    assert " passed" in run.stdout
