"""A backup made under load restores to the same rows; a hotel moves to PostgreSQL whole."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import psycopg
import pytest

from tests.boards.browsing import Browser
from tests.services.several import Several, empty_database
from tests.services.test_leaving import ACCOUNT
from tests.serving import ROOT, Server, copy_of, environment, furnish
from tests.webhooks.conftest import text_form

pytestmark = pytest.mark.services


def manage(data_dir: Path, *arguments: str, **env: str) -> tuple[int, str]:
    """A command as an operator runs it; its exit code and all it said."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env=environment(data_dir, **env) | {"SECRET_KEY": ""},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


def print_of_sqlite(database: Path) -> dict[str, tuple[int, str]]:
    """By table: how many rows, and a checksum of them; by plain SQL, apart from what is tested."""
    with sqlite3.connect(database) as connection:
        names = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
        ]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        return {
            name: _print(connection.execute(f'SELECT * FROM "{name}" ORDER BY 1').fetchall())
            for name in names
            if name != "django_migrations"
        }


def print_of_postgres(url: str) -> dict[str, tuple[int, str]]:
    with psycopg.connect(url) as connection:
        names = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        return {
            name: _print(connection.execute(f'SELECT * FROM "{name}" ORDER BY 1').fetchall())  # type: ignore[arg-type]
            for (name,) in names
            if name != "django_migrations"
        }


def _print(rows: list[Any]) -> tuple[int, str]:
    compared = [[_comparable(value) for value in row] for row in rows]
    return len(rows), hashlib.sha256(repr(compared).encode()).hexdigest()


def _comparable(value: Any) -> Any:
    """PostgreSQL keeps the keys of a JSON value in an order of its own."""
    if isinstance(value, str) and value.startswith("{"):
        value = json.loads(value)
    return sorted(value.items()) if isinstance(value, dict) else value


def text_for_a_while(server: Server, over: Event, acknowledged: list[str]) -> None:
    for n in range(4_000):
        if over.is_set():
            return
        form = text_form(f"+1202558{n:04d}", f"2 towels please, says number {n}")
        assert server.post_signed("/twilio/messages/", form)[0] == 200
        acknowledged.append(form["MessageSid"])


def backed_up_under_load(server: Server, data_dir: Path, target: Path, **env: str) -> set[str]:
    """Texts keep coming while it is made. Returns what was acknowledged before it began."""
    over, acknowledged = Event(), list[str]()
    with ThreadPoolExecutor(1) as thread:
        texting = thread.submit(text_for_a_while, server, over, acknowledged)
        while len(acknowledged) < 10 and not texting.done():
            over.wait(0.01)
        before = set(acknowledged)
        code, said = manage(data_dir, "backup", str(target), **env)
        during = len(acknowledged) - len(before)
        over.set()
        texting.result(timeout=30)
    assert code == 0, said
    assert during > 0
    return before


def test_a_backup_of_sqlite_under_load_restores_whole(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    server = serve(**ACCOUNT, TWILIO_API_URL="http://127.0.0.1:9")
    picture = server.data_dir / "media" / "photos" / "2026" / "11" / "towel.jpg"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"\xff\xd8 a towel")
    (server.data_dir / "secret-key").write_text("the hotel's own key, which nobody can guess")
    file = tmp_path / "hotel.zip"
    before = backed_up_under_load(server, server.data_dir, file)
    assert file.stat().st_mode & 0o777 == 0o600
    there = tmp_path / "elsewhere"
    assert manage(there, "restore", str(file)) == (0, _said(file))
    with sqlite3.connect(there / "db.sqlite3") as restored:
        kept = {sid for (sid,) in restored.execute("SELECT external_id FROM requests_app_message")}
        ((head, last),) = restored.execute(
            "SELECT p.sequence, (SELECT max(sequence) FROM requests_app_request)"
            " FROM requests_app_property p"
        )
    assert before <= kept
    assert head == last  # of one moment: the property's number and the newest card's
    assert (there / "media/photos/2026/11/towel.jpg").read_bytes() == picture.read_bytes()
    assert (there / "secret-key").read_text() == (server.data_dir / "secret-key").read_text()

    server.stop()
    at_rest = tmp_path / "at-rest.zip"
    assert manage(server.data_dir, "backup", str(at_rest))[0] == 0
    code, said = manage(there, "restore", str(at_rest))
    assert (code, "--replace" in said) == (1, True)
    assert manage(there, "restore", "--replace", str(at_rest))[0] == 0
    assert print_of_sqlite(there / "db.sqlite3") == print_of_sqlite(server.database)
    again = Server(there, env={**ACCOUNT, "TWILIO_API_URL": "http://127.0.0.1:9"}).start()
    try:
        form = text_form("+12025550127", "2 towels please")
        assert again.post_signed("/twilio/messages/", form)[0] == 200
        Browser(again).sign_in("front-desk").get("/boards/all/")
    finally:
        again.stop()


def _said(file: Path) -> str:
    with zipfile.ZipFile(file) as archive:
        made = json.loads(archive.read("manifest.json"))
    rows = sum(about["rows"] for about in made["tables"].values())
    others = [name for name in made["files"] if not name.startswith("tables/")]
    return (
        f"Restored and compared: {rows} rows of {len(made['tables'])} tables and"
        f" {len(others)} files, as they were at {made['made_at']} ({made['database']}).\n"
    )


def test_a_backup_is_never_overwritten_and_a_damaged_one_never_restored(
    furnished: Path, tmp_path: Path
) -> None:
    here, file = copy_of(furnished, tmp_path / "here"), tmp_path / "hotel.zip"
    assert manage(here, "backup", str(file))[0] == 0
    code, said = manage(here, "backup", str(file))
    assert (code, "never overwritten" in said) == (1, True)
    assert manage(here, "restore", "--check", str(file))[0] == 0
    before = print_of_sqlite(here / "db.sqlite3")
    for damaged in (cut_short(file, tmp_path), one_row_less(file, tmp_path)):
        code, said = manage(here, "restore", "--replace", str(damaged))
        assert (code, "was not restored" in said, "Traceback" in said) == (1, True, False), said
        assert print_of_sqlite(here / "db.sqlite3") == before


def cut_short(file: Path, folder: Path) -> Path:
    target = folder / "cut.zip"
    target.write_bytes(file.read_bytes()[:-2000])
    return target


def one_row_less(file: Path, folder: Path) -> Path:
    """Whole as a ZIP, but not as a hotel."""
    target = folder / "less.zip"
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "tables/requests_app_room.jsonl":
                content = content.split(b"\n", 1)[1]
            new.writestr(name, content)
    return target


def test_a_backup_of_postgresql_under_load_restores_whole(
    several: Callable[..., Several], postgres_url: str, tmp_path: Path
) -> None:
    here = several(**ACCOUNT, TWILIO_API_URL="http://127.0.0.1:9")
    web = here.web()
    file, at_rest = tmp_path / "hotel.zip", tmp_path / "at-rest.zip"
    before = backed_up_under_load(web, here.data_dir, file, DATABASE_URL=here.database_url)
    target = empty_database(postgres_url)
    code, said = manage(tmp_path / "there", "restore", str(file), DATABASE_URL=target)
    assert code == 0, said
    with psycopg.connect(target) as restored:
        sids = restored.execute("SELECT external_id FROM requests_app_message").fetchall()
    assert before <= {sid for (sid,) in sids}
    web.stop()
    assert manage(here.data_dir, "backup", str(at_rest), DATABASE_URL=here.database_url)[0] == 0
    code, said = manage(
        tmp_path / "there", "restore", "--replace", str(at_rest), DATABASE_URL=target
    )
    assert code == 0, said
    assert print_of_postgres(target) == print_of_postgres(here.database_url)
    # And the next row gets a key of its own.
    moved = Several(here.data_dir, target, here.redis_url, env=here.env)
    fresh = moved.web()
    form = text_form("+12025550127", "2 towels please")
    assert fresh.post_signed("/twilio/messages/", form)[0] == 200
    moved.stop()


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo hotel with its fortnight of history."""
    return furnish(tmp_path_factory.mktemp("lived-in") / "hotel", history=True)


def test_a_hotel_moves_to_postgresql_with_nothing_lost(
    lived_in: Path, postgres_url: str, valkey_url: str, tmp_path: Path
) -> None:
    here = copy_of(lived_in, tmp_path / "hotel")
    target = empty_database(postgres_url)
    code, said = manage(here, "move_to_postgres", target)
    assert code == 0, said
    old, new = print_of_sqlite(here / "db.sqlite3"), print_of_postgres(target)
    assert {name: rows for name, (rows, _) in old.items()} == {
        name: rows for name, (rows, _) in new.items()
    }
    assert new["requests_app_request"][0] > 100
    # Back again by way of a backup: what came through twice is what was there.
    file, back = tmp_path / "hotel.zip", tmp_path / "back"
    assert manage(here, "backup", str(file), DATABASE_URL=target)[0] == 0
    assert manage(back, "restore", str(file))[0] == 0
    assert print_of_sqlite(back / "db.sqlite3") == old
    code, said = manage(here, "move_to_postgres", target)
    assert (code, "has a hotel already" in said) == (1, True)
    moved = Several(here, target, valkey_url, env=ACCOUNT)
    web = moved.web()
    form = text_form("+12025550127", "2 towels please")
    assert web.post_signed("/twilio/messages/", form)[0] == 200
    Browser(web).sign_in("front-desk").get("/boards/all/")
    moved.stop()
    assert "Traceback" not in moved.logs()


def test_an_open_hotel_is_not_moved(serve: Callable[..., Server], postgres_url: str) -> None:
    server = serve()
    while server.rows("SELECT 1 FROM requests_app_heartbeat") == []:
        pass
    target = empty_database(postgres_url)
    code, said = manage(server.data_dir, "move_to_postgres", target)
    assert (code, "The hotel is open" in said) == (1, True), said
    assert print_of_postgres(target)["requests_app_property"][0] == 0
