"""Databases with many closed requests, kept between runs as long as the tables are the same."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tests.bench import servers

OPEN = 200


def _tables() -> str:
    """A print of what makes the tables and fills them."""
    sources = [*servers.ROOT.glob("*/migrations/0*.py"), Path(__file__).with_name("hotel.py")]
    return hashlib.sha1(b"".join(p.read_bytes() for p in sorted(sources))).hexdigest()


def filled(closed: int) -> tuple[Path, str]:
    """A data folder with OPEN open and ``closed`` closed requests, and a session's key."""
    folder = servers.FOLDER / f"filled-{closed}"
    known = folder / "made.json"
    if known.exists():
        made = json.loads(known.read_text())
        if made["tables"] == _tables():
            # The pages' files may be others by now.
            servers.run_module("tests.bench.hotel", "--files", env=servers.environment(folder))
            return folder, made["session"]
    folder = servers.empty_folder(folder.name)
    printed = servers.run_module(
        "tests.bench.hotel", "--guests", str(OPEN), "--open", str(OPEN), "--closed", str(closed),
        env=servers.environment(folder),
    )  # fmt: skip
    session = json.loads(printed.splitlines()[-1])["session"]
    known.write_text(json.dumps({"tables": _tables(), "session": session}))
    return folder, session
