"""A hotel that really runs: ``manage.py serve`` as a process of its own, on its own folder."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
START_WITHIN_SECONDS = 60

FURNISH = """
import django
django.setup()
from django.core.management import call_command
from django.utils import timezone
from staff.demo import make_hotel
call_command("collectstatic", "--noinput", verbosity=0)
call_command("migrate", verbosity=0)
make_hotel(now=timezone.now())
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data_dir: Path, **more: str) -> dict[str, str]:
    """Of a process of ours: nothing of the caller's ``.env`` or settings comes through."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/tmp"),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "concierge.settings",
        "DATA_DIR": str(data_dir),
        "SECRET_KEY": "only for tests, which keep no secrets of anybody's",
        "ALLOWED_HOSTS": "",
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "EMAIL_URL": "dummy://",
        "SENTRY_DSN": "",
        "TWILIO_ACCOUNT_SID": "",
        "TWILIO_AUTH_TOKEN": "",
        **more,
    }


def furnish(data_dir: Path, *, history: bool = False, **env: str) -> Path:
    """Static files, tables, the demo hotel: as ``make run`` prepares it, its history on demand."""
    data_dir.mkdir(parents=True, exist_ok=True)
    prepare = ["manage.py", "prepare", "--demo"] if history else ["-c", FURNISH]
    made = subprocess.run(
        [sys.executable, *prepare],
        env=environment(data_dir, **env),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    return data_dir


@dataclass
class Server:
    """A running hotel: its ``url``, ``database`` and ``process``; ``start``, ``stop``, ``kill``."""

    data_dir: Path
    port: int = field(default_factory=free_port)
    env: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    program: tuple[str, ...] = ("manage.py",)
    command: str = "serve"
    name: str = "server"
    """Of its log: several may share a folder."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sockets_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        return self.data_dir / "db.sqlite3"

    @property
    def log(self) -> str:
        """Everything it has printed so far."""
        return (self.data_dir / f"{self.name}.log").read_text(errors="replace")

    def start(self) -> Server:
        """Returns once /readyz answers 200."""
        with (self.data_dir / f"{self.name}.log").open("ab") as output:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    *self.program,
                    self.command,
                    "--port",
                    str(self.port),
                    *self.arguments,
                ],
                env=environment(self.data_dir, **{"PUBLIC_URL": self.url, **self.env}),
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # our Ctrl-C is not theirs
            )
        deadline = time.monotonic() + START_WITHIN_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=5):
                    return self
            except OSError:
                time.sleep(0.02)
        self.kill()
        raise AssertionError(f"the server did not start:\n{self.log}")

    def tell(self, signum: int) -> None:
        assert self.process is not None
        self.process.send_signal(signum)

    def stop(self, signum: int = signal.SIGINT) -> int:
        """As Ctrl-C does it; returns the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signum)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
        return int(self.process.returncode)

    def kill(self) -> None:
        """As a power cut does it."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database file says now, read beside the running server."""
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=20)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    def post(
        self, path: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        """A form's post; the status and the body, whatever the status."""
        request = urllib.request.Request(
            self.url + path,
            data=urllib.parse.urlencode(form).encode(),
            headers=dict(headers or {}),
            method="POST",
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read()

    def post_signed(self, path: str, form: Mapping[str, str]) -> tuple[int, bytes]:
        """As Twilio posts it; the server must have been started with TWILIO_AUTH_TOKEN."""
        from twilio.request_validator import RequestValidator

        signature = RequestValidator(self.env["TWILIO_AUTH_TOKEN"]).compute_signature(
            self.url + path, dict(form)
        )
        return self.post(path, form, {"X-Twilio-Signature": signature})


def copy_of(furnished: Path, target: Path) -> Path:
    return Path(shutil.copytree(furnished, target))
