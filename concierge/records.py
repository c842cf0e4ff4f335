"""Whole hotels, row by row: read in one moment, written elsewhere, counted and compared.

For backups and for the move to PostgreSQL. The only thing besides ``actions`` that writes, since it
knows no hotel business: it copies what is there, keys and times included, into empty tables.
"""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connections, transaction
from django.db.models import Field, Model

Row = list[Any]
CHUNK = 1000


@dataclass
class Sum:
    """How many rows, and a checksum over all of them in the order of their keys."""

    rows: int = 0
    checksum: str = ""


def tables() -> list[type[Model]]:
    """Every table of ours and of the libraries, the many-to-many ones too, by name."""
    models = apps.get_models(include_auto_created=True)
    managed = [m for m in models if m._meta.managed and not m._meta.proxy]  # noqa: SLF001
    return sorted(managed, key=lambda model: model._meta.db_table)  # noqa: SLF001


def name_of(model: type[Model]) -> str:
    return model._meta.db_table  # noqa: SLF001  (documented)


def _fields(model: type[Model]) -> list[Field[Any, Any]]:
    return list(model._meta.concrete_fields)  # noqa: SLF001


# --- reading -----------------------------------------------------------------------------------


@contextmanager
def one_moment(alias: str = "default") -> Iterator[str]:
    """All that is read through the alias it gives is of one moment, and no writer waits for us."""
    moment = f"{alias}-moment"
    settings = dict(connections.databases[alias])
    if connections[alias].vendor == "sqlite":
        # IMMEDIATE would keep writers out; in WAL mode a reading transaction is a snapshot.
        settings["OPTIONS"] = settings["OPTIONS"] | {"transaction_mode": "DEFERRED"}
    connections.databases[moment] = settings
    try:
        with transaction.atomic(using=moment):
            if connections[moment].vendor == "postgresql":
                with connections[moment].cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield moment
    finally:
        connections[moment].close()
        _close_pool(moment)
        del connections[moment]
        del connections.databases[moment]


def _close_pool(alias: str) -> None:
    close = getattr(connections[alias], "close_pool", None)
    if close is not None:
        close()


def rows_of(model: type[Model], *, alias: str) -> Iterator[Row]:
    """In the order of their keys, each a list of values that JSON can hold."""
    names = [field.attname for field in _fields(model)]
    rows = model._base_manager.using(alias).order_by("pk").values_list(*names)  # noqa: SLF001
    for row in rows.iterator(chunk_size=CHUNK):
        yield [plain(value) for value in row]


def plain(value: Any) -> Any:
    """As JSON holds it, the same from both databases."""
    match value:
        case None | bool() | int() | str() | float():
            return value
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case date() | time() | uuid.UUID() | Decimal():
            return str(value)
        case bytes() | memoryview():
            return base64.b64encode(bytes(value)).decode()
        case list() | dict():
            return value
    raise TypeError(f"a {type(value).__name__} cannot be kept")


def line_of(row: Row, *, sort_keys: bool = False) -> bytes:
    """``sort_keys``: to compare; PostgreSQL keeps a JSON value's keys in an order of its own."""
    line = json.dumps(row, ensure_ascii=False, sort_keys=sort_keys, separators=(",", ":"))
    return line.encode("utf-8", "surrogatepass")


def summed(rows: Iterable[Row], into: Sum) -> Iterator[Row]:
    """The same rows; ``into`` is right once all have been taken."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(line_of(row, sort_keys=True) + b"\n")
        into.rows += 1
        yield row
    into.checksum = digest.hexdigest()


def sum_of(model: type[Model], *, alias: str) -> Sum:
    found = Sum()
    for _row in summed(rows_of(model, alias=alias), found):
        pass
    return found


# --- writing -----------------------------------------------------------------------------------


def write_rows(model: type[Model], rows: Iterable[Row], *, alias: str) -> None:
    """Exactly these, without signals, defaults or ``auto_now``."""
    connection, fields = connections[alias], _fields(model)
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(name_of(model))} ({columns}) VALUES ({marks})"  # noqa: S608
    with connection.cursor() as cursor:
        for chunk in chunks(rows, CHUNK):
            values = [
                [
                    field.get_db_prep_save(_revived(field, value), connection)
                    for field, value in zip(fields, row, strict=True)
                ]
                for row in chunk
            ]
            cursor.executemany(statement, values)


def _revived(field: Field[Any, Any], value: Any) -> Any:
    kind = field.get_internal_type()
    if value is not None and kind == "BinaryField":
        return base64.b64decode(value)
    return value if kind == "JSONField" else field.to_python(value)


def chunks(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def empty_tables(models: Sequence[type[Model]], *, alias: str) -> None:
    """Inside a transaction: foreign keys are looked at when it ends."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(name_of(model))}")  # noqa: S608


def reset_sequences(models: Sequence[type[Model]], *, alias: str) -> None:
    """So that the next row gets a key that is free."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models)):
            cursor.execute(statement)


# --- what is there -----------------------------------------------------------------------------


def has_a_hotel(alias: str = "default") -> bool:
    from requests_app.models import Property
    from staff.models import Person

    return (
        Property.objects.using(alias).exists() or Person._base_manager.using(alias).exists()  # noqa: SLF001
    )


def applied_migrations(alias: str) -> list[str]:
    """What the tables look like: "app.0001_name", in order."""
    from django.db.migrations.recorder import MigrationRecorder

    applied = MigrationRecorder(connections[alias]).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)
