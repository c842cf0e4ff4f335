"""A hotel in one file: every row, picture and key, of one moment, with a checksum of each part.

The file is a ZIP: ``tables/<name>.jsonl`` (a row a line), ``media/…``, ``keys/…`` and, last,
``manifest.json``. It does not depend on the database: a backup of SQLite restores into PostgreSQL.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.db import connections, transaction

from concierge import records
from concierge.records import Row, Sum

FORMAT = 1
KEYS = ("*-key", "*.pem")
"""Files of DATA_DIR that are secret and cannot be made anew."""


class NotRestorable(Exception):
    """Why not, in a sentence for the operator. Nothing has been changed."""


@dataclass
class Manifest:
    format: int
    made_at: str
    database: str
    migrations: list[str]
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    """By name, the checksum of each part."""

    @property
    def pictures_and_keys(self) -> list[str]:
        return [name for name in self.files if not name.startswith("tables/")]


# --- making ------------------------------------------------------------------------------------


def back_up(target: Path, *, alias: str = "default") -> Manifest:
    """While the hotel is open. Raises FileExistsError; half a file is never left under the name."""
    if target.exists():
        raise FileExistsError(target)
    half = target.with_name(f".{target.name}.half")
    # Only its owner may read it: it has guests' words and the hotel's keys.
    descriptor = os.open(half, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as raw:
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
                manifest = _write_all(archive, alias)
            raw.flush()
            os.fsync(raw.fileno())
        half.rename(target)
    finally:
        half.unlink(missing_ok=True)
    return manifest


def _write_all(archive: zipfile.ZipFile, alias: str) -> Manifest:
    with records.one_moment(alias) as moment:
        manifest = Manifest(
            format=FORMAT,
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            database=connections[moment].vendor,
            migrations=records.applied_migrations(moment),
        )
        for model in records.tables():
            found = Sum()
            name, digest = f"tables/{records.name_of(model)}.jsonl", hashlib.sha256()
            with archive.open(name, "w") as out:
                for row in records.summed(records.rows_of(model, alias=moment), found):
                    line = records.line_of(row) + b"\n"
                    digest.update(line)
                    out.write(line)
            manifest.tables[records.name_of(model)] = vars(found)
            manifest.files[name] = digest.hexdigest()
    # After the rows: a picture is on the disk before its row is committed.
    for name, path in _files():
        try:
            with path.open("rb") as source:
                manifest.files[name] = _copy_in(archive, name, source)
        except FileNotFoundError:
            continue  # erased while we came to it
    archive.writestr("manifest.json", json.dumps(vars(manifest), indent=1))
    return manifest


def _files() -> Iterator[tuple[str, Path]]:
    media = Path(settings.MEDIA_ROOT)
    for path in sorted(media.rglob("*")):
        if path.is_file():
            yield f"media/{path.relative_to(media).as_posix()}", path
    for pattern in KEYS:
        for path in sorted(Path(settings.DATA_DIR).glob(pattern)):
            if path.is_file():
                yield f"keys/{path.name}", path


def _copy_in(archive: zipfile.ZipFile, name: str, source: IO[bytes]) -> str:
    digest = hashlib.sha256()
    with archive.open(name, "w") as out:
        while part := source.read(1 << 20):
            digest.update(part)
            out.write(part)
    return digest.hexdigest()


# --- restoring ---------------------------------------------------------------------------------


def check(source: Path) -> Manifest:
    """Reads the whole file and compares every part. Raises NotRestorable."""
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _manifest_of(archive)
            for name, expected in manifest.files.items():
                with archive.open(name) as part:
                    if _checksum_of(part) != expected:
                        raise NotRestorable(f"{name} in it is damaged.")
    except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise NotRestorable(f"It is no whole backup of Concierge: {error}.") from error
    return manifest


def _checksum_of(part: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := part.read(1 << 20):
        digest.update(chunk)
    return digest.hexdigest()


def _manifest_of(archive: zipfile.ZipFile) -> Manifest:
    manifest = Manifest(**json.loads(archive.read("manifest.json")))
    if manifest.format != FORMAT:
        raise NotRestorable(f"It was made by another version (format {manifest.format}).")
    return manifest


def restore(source: Path, *, replace: bool, alias: str = "default") -> Manifest:
    """All or nothing: rows are counted and compared before they are committed.

    Raises NotRestorable: for a damaged file, tables of another version, or a hotel that is there
    already (unless ``replace``).
    """
    manifest = check(source)
    models = {records.name_of(model): model for model in records.tables()}
    here = records.applied_migrations(alias)
    if manifest.migrations != here or set(manifest.tables) != set(models):
        strange = sorted(set(manifest.migrations) ^ set(here))
        raise NotRestorable(
            "Its tables are those of another version. Install the version that made it, restore,"
            f" and upgrade afterwards. What differs: {', '.join(strange) or 'the tables'}."
        )
    if records.has_a_hotel(alias) and not replace:
        raise NotRestorable("There is a hotel here already; --replace would put this in its place.")
    with zipfile.ZipFile(source) as archive:
        with transaction.atomic(using=alias):
            records.empty_tables(list(models.values()), alias=alias)
            for table, model in models.items():
                records.write_rows(model, _rows_in(archive, table), alias=alias)
            for table, model in models.items():
                compare(table, manifest.tables[table], records.sum_of(model, alias=alias))
            records.reset_sequences(list(models.values()), alias=alias)
        for name in manifest.pictures_and_keys:
            _copy_out(archive, name)
    return manifest


def compare(table: str, expected: dict[str, Any], found: Sum) -> None:
    """Raises NotRestorable where the rows that were written are not those that were read."""
    if vars(found) != expected:
        raise NotRestorable(
            f"{table}: {found.rows} rows of {expected['rows']} came through unchanged."
        )


def _rows_in(archive: zipfile.ZipFile, table: str) -> Iterator[Row]:
    with archive.open(f"tables/{table}.jsonl") as lines:
        for line in lines:
            yield json.loads(line)


def _copy_out(archive: zipfile.ZipFile, name: str) -> None:
    kind, *parts = PurePosixPath(name).parts
    if ".." in parts or kind not in {"media", "keys"}:
        raise NotRestorable(f"{name} has no place here.")
    folder = Path(settings.MEDIA_ROOT if kind == "media" else settings.DATA_DIR)
    target = folder.joinpath(*parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f".{target.name}.half")
    with archive.open(name) as part, half.open("wb") as out:
        half.chmod(0o600 if kind == "keys" else 0o644)
        while chunk := part.read(1 << 20):
            out.write(chunk)
    half.replace(target)
