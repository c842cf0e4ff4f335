"""Hotels to break, in both configurations, and a record of what they went through."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.hotels import ACCOUNT, Hotel, OnMany, OnSQLite
from tests.faults.record import Line, write_down
from tests.outbox.carrier import Carrier, running_carrier
from tests.services.postgres import PostgresServer, running_postgres
from tests.services.several import Several, copy_of_database, furnished_database
from tests.services.valkey import ValkeyServer, running_valkey
from tests.serving import Server, copy_of

lines: list[Line] = []


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    with running_carrier() as running:
        yield running


@pytest.fixture(scope="session")
def breakable_postgres() -> Iterator[PostgresServer]:
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def breakable_valkey() -> Iterator[ValkeyServer]:
    with running_valkey() as server:
        yield server


@pytest.fixture(scope="session")
def breakable_furnished(
    breakable_postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("breakable") / "hotel"
    with furnished_database(breakable_postgres.url, folder) as name:
        yield name, folder


@pytest.fixture
def on_sqlite(
    furnished: Path, tmp_path: Path, carrier: Carrier
) -> Iterator[Callable[..., OnSQLite]]:
    made: list[OnSQLite] = []

    def make(folder: Path | None = None, **env: str) -> OnSQLite:
        there = copy_of(furnished, (folder or tmp_path) / f"hotel{len(made)}")
        server = Server(there, env={**ACCOUNT, "TWILIO_API_URL": carrier.url, **env})
        made.append(OnSQLite(server, carrier))
        made[-1].open()
        return made[-1]

    yield make
    for hotel in made:
        hotel.server.stop()


@pytest.fixture
def on_many(
    request: pytest.FixtureRequest, tmp_path: Path, carrier: Carrier
) -> Iterator[Callable[..., OnMany]]:
    made: list[OnMany] = []

    def make(*, apart: bool = False, **env: str) -> OnMany:
        """``apart``: the second web process has a port of its own."""
        postgres: PostgresServer = request.getfixturevalue("breakable_postgres")
        valkey: ValkeyServer = request.getfixturevalue("breakable_valkey")
        name, folder = request.getfixturevalue("breakable_furnished")
        several = Several(
            copy_of(folder, tmp_path / f"several{len(made)}"),
            copy_of_database(postgres.url, name),
            valkey.url,
            env={**ACCOUNT, "TWILIO_API_URL": carrier.url, **env},
        )
        made.append(OnMany(several, carrier, apart=apart))
        made[-1].open()
        return made[-1]

    yield make
    for hotel in made:
        hotel.several.stop()


@pytest.fixture(params=["sqlite", "many"])
def make_hotel_on(request: pytest.FixtureRequest) -> Callable[..., Hotel]:
    """On both configurations, one after the other."""
    chosen: Callable[..., Hotel] = request.getfixturevalue(f"on_{request.param}")
    return chosen


@pytest.fixture
def note() -> Callable[[Line], None]:
    """Into docs/faults.md, at the end of the run."""
    return lines.append


def pytest_sessionfinish(session: pytest.Session) -> None:
    if lines:
        write_down(lines)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, which only root may make."""
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=60m", "none", disk], check=True)
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)
