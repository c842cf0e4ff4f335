"""Power loss and a full disk: what is acknowledged is there, what cannot be kept is refused."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.boards import LiveBoard
from tests.faults.hotels import OnSQLite, wait_for
from tests.faults.load import Texting
from tests.faults.proof import prove
from tests.faults.record import Line

CUTS = 20


def files_of_a_moment(hotel: OnSQLite, target: Path) -> set[str]:
    """Database and journal as they are while nothing moves, and what was acknowledged by then."""
    assert hotel.server.process is not None
    pid = hotel.server.process.pid
    os.kill(pid, signal.SIGSTOP)
    try:
        while "T" not in Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][:2]:
            time.sleep(0.001)
        target.mkdir()
        for name in ("db.sqlite3", "db.sqlite3-wal"):
            shutil.copy(hotel.server.data_dir / name, target / name)
    finally:
        os.kill(pid, signal.SIGCONT)
    with sqlite3.connect(target / "db.sqlite3") as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert copy.execute("PRAGMA foreign_key_check").fetchall() == []
        return {sid for (sid,) in copy.execute("SELECT external_id FROM requests_app_message")}


@pytest.mark.faults
def test_files_copied_at_any_moment_have_all_that_was_acknowledged(
    on_sqlite: Callable[..., OnSQLite], note: Callable[[Line], None], tmp_path: Path
) -> None:
    hotel = on_sqlite()
    chance = random.Random(3)
    with LiveBoard(hotel) as board, Texting(hotel) as texting:
        wait_for(lambda: len(texting.acknowledged) > 5, within=30, what="texts")
        for cut in range(CUTS):
            time.sleep(chance.uniform(0, 0.7))
            acknowledged = set(texting.acknowledged)
            kept = files_of_a_moment(hotel, tmp_path / f"cut{cut}")
            assert acknowledged <= kept
            shutil.rmtree(tmp_path / f"cut{cut}")
        texting.over.set()
        proof = prove(hotel, texting, board)
    note(
        Line(
            2, "power cut: files of a moment, opened elsewhere", hotel.name, CUTS,
            "each whole (integrity and references checked), with all that was"
            f" acknowledged; {proof}",
        )
    )  # fmt: skip


def limit_files(hotel: OnSQLite, size: int) -> None:
    """No file of the process may grow beyond it: a write there fails, as on a full disk."""
    assert hotel.server.process is not None
    resource.prlimit(
        hotel.server.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY)
    )


def fill_and_free(
    hotel: OnSQLite, fill: Callable[[], None], free: Callable[[], None]
) -> tuple[Texting, str]:
    with LiveBoard(hotel) as board, Texting(hotel) as texting:
        wait_for(lambda: len(texting.acknowledged) > 5, within=30, what="texts")
        fill()
        refused = (500, 503)
        wait_for(
            lambda: sum(texting.statuses[status] for status in refused) > 10,
            within=90,
            what="texts are refused aloud",
        )
        free()
        had = len(texting.acknowledged)
        wait_for(lambda: len(texting.acknowledged) > had + 4, within=60, what="texts again")
        texting.over.set()
        return texting, str(prove(hotel, texting, board))


@pytest.mark.services
@pytest.mark.faults
def test_what_a_full_disk_cannot_keep_is_refused_and_taken_later(
    on_sqlite: Callable[..., OnSQLite],
) -> None:
    hotel = on_sqlite()
    journal = hotel.server.data_dir / "db.sqlite3-wal"
    texting, _proof = fill_and_free(
        hotel,
        lambda: limit_files(hotel, journal.stat().st_size + 20_000),
        lambda: limit_files(hotel, resource.RLIM_INFINITY),
    )
    assert texting.statuses[503] > 0
    assert texting.statuses[500] == 0


@pytest.mark.faults
def test_a_full_disk_is_said_and_holds_all_that_was_acknowledged(
    on_sqlite: Callable[..., OnSQLite],
    note: Callable[[Line], None],
    small_disk: Path,
) -> None:
    hotel = on_sqlite(small_disk)
    filler = small_disk / "filler"

    def fill() -> None:
        with filler.open("wb", buffering=0) as output:
            while shutil.disk_usage(small_disk).free > 60_000:
                output.write(b"\0" * 20_000)

    texting, proof = fill_and_free(hotel, fill, filler.unlink)
    note(
        Line(
            40, "disk full (a real small one)", hotel.name, 1,
            f"{texting.statuses[503]} texts refused with 503 and {texting.statuses[500]} with 500,"
            f" all taken once there was room; {proof}",
        )
    )  # fmt: skip
