"""A hotel open for a year on PostgreSQL, against its first fortnight there."""

from __future__ import annotations

import json

import psycopg

from tests.bench import servers
from tests.bench.paths import years
from tests.bench.table import Row
from tests.services.postgres import postgres


def lived_on(url: str, days: int) -> years.Worker:
    """In a database of its own beside ``url``'s."""
    name = f"lived_{days}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    folder = servers.empty_folder(f"postgres-{name}")
    env = servers.environment(folder, DATABASE_URL=f"{url.rpartition('/')[0]}/{name}")
    printed = servers.run_module("tests.bench.lived", "--days", str(days), env=env)
    return years.Worker(json.loads(printed.splitlines()[-1]), env)


def run(seconds: float, *, small: bool) -> list[Row]:
    days = 56 if small else years.YEAR
    with postgres() as url:
        first, last = lived_on(url, years.FIRST_DAYS), lived_on(url, days)
        return years.compared(first, last, seconds, f"PostgreSQL, after {days} days")
