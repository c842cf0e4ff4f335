"""What is proved on SQLite about races and lost words, proved again on a real PostgreSQL."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.serving import ROOT, environment

pytestmark = pytest.mark.services

AGAIN = [
    *("tests/webhooks", "tests/actions", "tests/outbox", "tests/inbox", "tests/notices"),
    *("-k", "not any_order"),
]
"""Without the many random histories: their rules are the same code on both."""


def test_webhooks_actions_outbox_and_inbox_hold_on_postgresql(
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
