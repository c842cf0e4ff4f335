"""What a wrong setting gets: one sentence that names it, and no hotel."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.serving import ROOT, environment


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "maybe"),
        ("PUBLIC_URL", "hotel.example"),
        ("ALLOWED_HOSTS", "*"),
        ("DATABASE_URL", "nonsense://x"),
        ("REDIS_URL", "http://127.0.0.1"),
        ("EMAIL_URL", "pigeon://post"),
        ("TWILIO_API_URL", "nowhere"),
        ("TWILIO_AUTH_TOKEN", "a token without its account"),
        ("DATA_DIR", "/dev/null/nowhere"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_a_sentence_that_names_it(tmp_path, name, value):
    started = subprocess.run(
        [sys.executable, "manage.py", "check"],
        env=environment(tmp_path, **{name: value}),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert started.returncode != 0
    assert name in started.stderr.strip().splitlines()[-1]


def test_several_wrong_settings_are_named_at_once(tmp_path):
    started = subprocess.run(
        [sys.executable, "manage.py", "check"],
        env=environment(tmp_path, DEBUG="maybe", EMAIL_URL="pigeon://post"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    last = started.stderr.strip().splitlines()[-1]
    assert "DEBUG" in last
    assert "EMAIL_URL" in last
