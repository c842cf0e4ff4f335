"""Statements that Django compiles once. For the paths that every text takes, and only for them.

Building a queryset and compiling it costs 0.3 to 0.8 ms each time, running it 0.05 (measured).
Here the queryset is written as anywhere else, with ``Bound`` where a value comes at each call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.fields.json import JSONField
from django.db.models.query import get_related_populators  # type: ignore[attr-defined]
from django.db.models.sql import UpdateQuery

M = TypeVar("M", bound=Model)
Row = TypeVar("Row")


class Bound(Expression):
    """Stands in a queryset for the value that is given under ``name`` at each call."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self]


def _plain(value: Any, here: Any) -> Any:
    """What a driver takes as it is. A choice (an enum that is a str, too) costs sqlite3 0.1 ms each
    (measured): it asks every one of them how it wants to be adapted."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return here.ops.adapt_datetimefield_value(value)
    return value


@dataclass(frozen=True, slots=True)
class _Statement:
    sql: str
    params: tuple[Any, ...]
    """Fixed values, and Bound where one is given."""

    def run(self, cursor: Any, here: Any, values: dict[str, Any]) -> None:
        params = [
            _plain(values[param.name], here) if isinstance(param, Bound) else param
            for param in self.params
        ]
        cursor.execute(self.sql, params)


def _statement(sql: str, params: Sequence[Any]) -> _Statement:
    """Fixed words are written into the statement. As values they cost SQLite a new plan at every
    call (0.3 ms, measured) where a partial index has a condition on their column, which it asks
    to be told before it knows whether that index may be used; and then it is not used."""
    parts = sql.split("%s")
    written, given = [parts[0]], []
    for param, after in zip(params, parts[1:], strict=True):
        if isinstance(param, str):
            plain = str(param.value if isinstance(param, Enum) else param)
            quoted = plain.replace("'", "''").replace("%", "%%")
            written.append(f"'{quoted}'{after}")
        else:
            written.append(f"%s{after}")
            given.append(param)
    return _Statement("".join(written), tuple(given))


class _Query(Generic[Row]):
    """``build`` is called once, at the first use, and returns the queryset to compile."""

    def __init__(self, build: Callable[[], QuerySet[Any, Row]]) -> None:
        self.build = build
        # A process has one kind of database, but tests may meet both.
        self.compiled: dict[str, Any] = {}

    def _compiled(self, vendor: str) -> Any:
        known = self.compiled.get(vendor)
        if known is None:
            known = self.compiled[vendor] = self._compile()
        return known

    def _compile(self) -> tuple[_Statement, Any, Callable[[tuple[Any, ...]], Any]]:
        compiler = self.build().query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        select = compiler.select[: compiler.col_count]
        converters = compiler.get_converters([column for column, _sql, _alias in select])
        return _statement(sql, params), converters, self._row_maker(compiler)

    def _row_maker(self, compiler: Any) -> Callable[[tuple[Any, ...]], Any]:
        raise NotImplementedError

    def all(self, **values: Any) -> list[Row]:
        """The rows for these values of the Bound names."""
        here = connections[DEFAULT_DB_ALIAS]
        statement, converters, make = self._compiled(here.vendor)
        with here.cursor() as cursor:
            statement.run(cursor, here, values)
            found = cursor.fetchall()
        rows = []
        for raw in found:
            row = list(raw)
            for place, (converts, expression) in converters.items():
                for convert in converts:
                    row[place] = convert(row[place], expression, here)
            rows.append(make(row))
        return rows

    def first(self, **values: Any) -> Row | None:
        rows = self.all(**values)
        return rows[0] if rows else None


class PreparedRows(_Query[Row]):
    """A ``values_list`` of several columns: each row is a list of them."""

    def _row_maker(self, compiler: Any) -> Callable[[tuple[Any, ...]], Any]:
        return lambda row: row


class Prepared(_Query[M]):
    """A queryset of objects, with what it select_relates and annotates."""

    def _row_maker(self, compiler: Any) -> Callable[[tuple[Any, ...]], Any]:
        select, info = compiler.select, compiler.klass_info
        places = info["select_fields"]
        first, end = places[0], places[-1] + 1
        names = [column.target.attname for column, _sql, _alias in select[first:end]]
        populators = get_related_populators(info, select, connection.alias)
        annotations = dict(compiler.annotation_col_map)
        model, alias = info["model"], connection.alias

        def make(row: tuple[Any, ...]) -> Any:
            made = model.from_db(alias, names, row[first:end])
            for populator in populators:
                populator.populate(row, made)
            for name, place in annotations.items():
                setattr(made, name, row[place])
            return made

        return make


class PreparedUpdate:
    """``queryset.update(**changes)``; the changes may be Bound too. Returns how many rows."""

    def __init__(self, build: Callable[[], QuerySet[Any, Any]], **changes: Any) -> None:
        self.build = build
        self.changes = changes
        self.compiled: dict[str, _Statement] = {}

    def __call__(self, **values: Any) -> int:
        here = connections[DEFAULT_DB_ALIAS]
        statement = self.compiled.get(here.vendor)
        if statement is None:
            query: Any = self.build().query.chain(UpdateQuery)
            query.add_update_values(self.changes)
            sql, params = query.get_compiler(connection=here).as_sql()
            statement = self.compiled[here.vendor] = _statement(sql, params)
        with here.cursor() as cursor:
            statement.run(cursor, here, values)
            return int(cursor.rowcount)


_inserts: dict[tuple[str, type[Model], int], tuple[str, list[tuple[str, Any]]]] = {}


def insert(*rows: Model) -> None:
    """``bulk_create`` of new rows of one model in one statement; sets their primary keys.

    Sends no signals and fills no ``auto_now``: like ``bulk_create``, for models without either.
    Raises IntegrityError.
    """
    if not rows:
        return
    here = connections[DEFAULT_DB_ALIAS]
    key = (here.vendor, type(rows[0]), len(rows))
    known = _inserts.get(key)
    if known is None:
        known = _inserts[key] = _compile_insert(type(rows[0]), len(rows))
    sql, columns = known
    with here.cursor() as cursor:
        params = []
        for row in rows:
            for name, prepare in columns:
                value = getattr(row, name)
                if prepare is None or isinstance(value, datetime):
                    value = _plain(value, here)
                elif value is not None:
                    value = prepare(value, here)
                params.append(value)
        cursor.execute(sql, params)
        for row, (pk,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = pk
            row._state.adding = False  # noqa: SLF001  (as bulk_create does)
            row._state.db = here.alias  # noqa: SLF001


def _compile_insert(model: type[Model], count: int) -> tuple[str, list[tuple[str, Any]]]:
    quote, about = connection.ops.quote_name, model._meta  # noqa: SLF001  (documented)
    fields = [f for f in about.concrete_fields if not f.primary_key]
    names = ", ".join(quote(f.column) for f in fields)
    one = "(" + ", ".join(["%s"] * len(fields)) + ")"
    sql = (
        f"INSERT INTO {quote(about.db_table)} ({names}) VALUES {', '.join([one] * count)}"  # noqa: S608
        f" RETURNING {quote(about.pk.column)}"
    )
    return sql, [(f.attname, None if _goes_as_it_is(f) else f.get_db_prep_save) for f in fields]


def _goes_as_it_is(field: Field[Any, Any]) -> bool:
    """Text, numbers, truths and ids are what the database takes; times and JSON are not."""
    return not isinstance(field, JSONField) and field.get_internal_type() in {
        "CharField", "TextField", "BooleanField", "ForeignKey", "PositiveSmallIntegerField",
        "PositiveIntegerField", "PositiveBigIntegerField",
    }  # fmt: skip


__all__: Sequence[str] = ["Bound", "Prepared", "PreparedRows", "PreparedUpdate", "insert"]
