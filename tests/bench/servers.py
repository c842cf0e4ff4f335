"""Starts ours and the floors as processes of their own, waits for their first 200, stops them."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench import texts

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("DATA_DIR") or ROOT / "var" / "bench").resolve()
PORTS = range(8206, 8220)
_next_port = iter(list(PORTS) * 100)


@dataclass
class Server:
    process: subprocess.Popen[bytes]
    port: int
    seconds_to_ready: float
    """From the start of the process to the first 200 from /readyz."""

    def memory_kb(self) -> int:
        """Proportional set size: what the machine has less of because this process runs."""
        rollup = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
        assert found
        return int(found[1])


def environment(folder: Path, **more: str) -> dict[str, str]:
    """As an operator would set it; nothing of the caller's settings shines through."""
    kept = {
        k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG", "LC_ALL", "TMPDIR"}
    }
    return (
        kept
        | {
            "DATA_DIR": str(folder),
            "SECRET_KEY": "bench-0123456789-bench-0123456789-bench-0123456789",
            "PUBLIC_URL": texts.PUBLIC_URL,
            "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "TWILIO_AUTH_TOKEN": texts.TOKEN,
            "PYTHONPATH": str(ROOT),
        }
        | more
    )


def free_port() -> int:
    for port in _next_port:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise RuntimeError("no port is free")


def _ready(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as asked:
            asked.sendall(b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            return asked.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


@contextlib.contextmanager
def serving(name: str, command: list[str], port: int, env: dict[str, str]) -> Iterator[Server]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    log = FOLDER / f"{name}.log"
    with log.open("wb") as output:
        begun = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output)
        try:
            while not _ready(port):
                if process.poll() is not None or time.perf_counter() - begun > 60:
                    raise RuntimeError(f"{name} did not start:\n{log.read_text()[-3000:]}")
                time.sleep(0.002)
            yield Server(process, port, time.perf_counter() - begun)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def ours(folder: Path, *arguments: str, **env: str) -> contextlib.AbstractContextManager[Server]:
    """``manage.py serve``, as ``make run`` starts it."""
    port = free_port()
    command = [sys.executable, "manage.py", "serve", "--port", str(port), *arguments]
    return serving("ours", command, port, environment(folder, **env))


def ours_with_simulator(folder: Path, **env: str) -> contextlib.AbstractContextManager[Server]:
    """The same, its answers to guests sent to the simulator: see ``serve_ours``."""
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.serve_ours", "--port", str(port)]
    return serving("ours", command, port, environment(folder, **env))


def daphne(application: str, **env: str) -> contextlib.AbstractContextManager[Server]:
    """A floor under the same server, its access log off as ours is."""
    port = free_port()
    command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "-v", "0"]
    kept = environment(FOLDER, **env)
    return serving(application.split(":")[0].split(".")[-1], [*command, application], port, kept)


def run_module(module: str, *arguments: str, env: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT, env=env, check=False, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{module} failed:\n{done.stderr[-3000:]}")
    return done.stdout


def empty_folder(name: str) -> Path:
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
