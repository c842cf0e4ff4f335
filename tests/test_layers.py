"""What import-linter cannot see: who writes, who speaks to the channel layer, who renders."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.serving import ROOT

WRITES = {
    "save",
    "create",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
}
NOT_ROWS = {
    ("concierge/backups.py", "digest.update"),
    ("concierge/records.py", "digest.update"),
    ("concierge/settings.py", "globals().update"),
    ("requests_app/carriers/calls.py", "client().calls.create"),
    ("requests_app/carriers/texts.py", "client().messages.create"),
    ("requests_app/photos.py", "plain.save"),
}
"""Calls of these names that have nothing to do with the database."""


def sources() -> Iterator[tuple[str, ast.Module]]:
    for package in ("concierge", "requests_app", "staff"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def calls(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.lineno, ast.unparse(node.func)


def may_write(file: str) -> bool:
    """Actions; models, which override ``save``; and the demo hotel, which is data. (The reading
    knows no database: a contract of import-linter holds it to that.)"""
    path = Path(file)
    return (
        "actions" in path.parts
        or path.name in {"actions.py", "models.py"}
        or "models" in path.parts
        or path.name.startswith("demo")
        or "reading" in path.parts
    )


def test_only_actions_write() -> None:
    found = [
        f"{file}:{line}: {call}"
        for file, tree in sources()
        if not may_write(file)
        for line, call in calls(tree)
        if call.rsplit(".", 1)[-1] in WRITES and (file, call) not in NOT_ROWS
    ]
    assert found == []


def test_only_actions_write_sql() -> None:
    """``cursor.execute`` elsewhere only reads: readiness, and statements compiled once."""
    found = {
        file for file, tree in sources() for _line, call in calls(tree) if call == "cursor.execute"
    }
    assert found - {"requests_app/actions/journal.py", "requests_app/actions/tidying.py"} <= {
        "concierge/records.py",  # whole hotels, row by row: backup, restore, move
        "requests_app/prepared.py",
        "requests_app/pulse.py",
        "requests_app/queries.py",
    }


def test_only_broadcast_speaks_to_the_channel_layer() -> None:
    found = {
        file
        for file, tree in sources()
        for node in ast.walk(tree)
        if (isinstance(node, ast.ImportFrom) and node.module == "channels.layers")
        or (isinstance(node, ast.Import) and any("channels.l" in a.name for a in node.names))
    }
    assert found == {"requests_app/broadcast.py"}
    senders = {
        file for file, tree in sources() for _line, call in calls(tree) if "group_send" in call
    }
    assert senders == {"requests_app/broadcast.py"}


def test_nothing_bypasses_what_the_model_checks() -> None:
    """``insert`` of prepared.py writes without ``save``: actions alone may use it."""
    found = {
        file
        for file, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module == "requests_app.prepared"
        and any(name.name in {"insert", "PreparedUpdate"} for name in node.names)
    }
    assert all(may_write(file) for file in found), found
