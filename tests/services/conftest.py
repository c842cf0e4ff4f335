"""Fixtures of a hotel on several processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.services.several import Several, copy_of_database, furnished_database
from tests.serving import copy_of


@pytest.fixture(scope="session")
def furnished_on_postgres(
    postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("several") / "hotel"
    with furnished_database(postgres_url, folder) as name:
        yield name, folder


@pytest.fixture
def several(
    postgres_url: str,
    valkey_url: str,
    furnished_on_postgres: tuple[str, Path],
    tmp_path: Path,
) -> Iterator[Callable[..., Several]]:
    """``several(TWILIO_AUTH_TOKEN=…)``: a hotel of its own, nobody at work yet."""
    name, folder = furnished_on_postgres
    made: list[Several] = []

    def make(**env: str) -> Several:
        here = Several(
            copy_of(folder, tmp_path / f"several{len(made)}"),
            copy_of_database(postgres_url, name),
            valkey_url,
            env=env,
        )
        made.append(here)
        return here

    yield make
    for here in made:
        here.stop()
        assert here.may_fail or "Traceback" not in here.logs(), here.logs()[-4000:]
