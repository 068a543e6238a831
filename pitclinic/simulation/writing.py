"""Rows on their way into PostgreSQL: kept for one batch, sent table by table as arrays.

PostgreSQL refuses `COPY … FROM` into a table with row-level security, and the walls stay up here. The next fastest way
is `INSERT … SELECT FROM unnest(…)`: one array for each column, thousands of rows in a statement, so that every wall and
trigger holds and the audit trigger runs once for each statement.
"""

import hashlib
from typing import Any

from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED

NULL = "NULL"
EMPTY = '""'
CHUNK_ROWS = 5_000
ROWS_TO_COUNT = 200

Row = tuple[str, ...]


def text(value: str) -> str:
    """Free text as an element of an array; ids, numbers, times and codes need no quotes."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Ids:
    """Identifiers of the shape of UUID version 7, growing in the order they are taken and equal for an equal seed."""

    def __init__(self, *, seed: str, milliseconds: int) -> None:
        digest = hashlib.sha256(seed.encode()).hexdigest()
        self._tail = f"{'89ab'[int(digest[0], 16) % 4]}{digest[1:4]}-{digest[4:16]}"
        self._next = milliseconds << 12

    def take(self) -> str:
        number = self._next
        self._next = number + 1
        stamp = number >> 12
        return f"{stamp >> 16:08x}-{stamp & 0xFFFF:04x}-7{number & 0xFFF:03x}-{self._tail}"


class Table:
    """The rows waiting for one table. Columns not named get the model's default, so a new column breaks nothing."""

    def __init__(self, model: type[models.Model], *columns: str, **same: str) -> None:
        """``columns`` come with each row; ``same`` columns have one value in every row."""
        self.name = model._meta.db_table
        self.total = 0
        self._counted = 0
        self._rows: list[Row] = []
        kinds = {column.column: str(column.db_type(connection)) for column in model._meta.concrete_fields}
        missing = {*columns, *same} - kinds.keys()
        if missing:
            raise LookupError(f"{model._meta.label} has no column {', '.join(sorted(missing))}.")
        fixed: dict[str, Any] = {**_defaults(model, {*columns, *same}), **same}
        self._fixed = list(fixed.values())
        names = ", ".join(f'"{name}"' for name in (*columns, *fixed))
        # An array of arrays is unnested to its leaves: a column of arrays travels as text.
        casts = [f"c{number}::{kinds[name]}" for number, name in enumerate(columns)]
        values = ", ".join([*casts, *(f"%s::{kinds[name]}" for name in fixed)])
        arrays = ", ".join("%s::text[]" if kinds[name].endswith("[]") else f"%s::{kinds[name]}[]" for name in columns)
        aliases = ", ".join(f"c{number}" for number in range(len(columns)))
        self._statement = (
            f'INSERT INTO "{self.name}" ({names}) SELECT {values} FROM unnest({arrays}) AS rows({aliases})'  # noqa: S608
        )

    def add(self, *values: str) -> None:
        self._rows.append(values)

    def take(self) -> list[Row]:
        """The rows that wait; nothing waits afterwards."""
        rows, self._rows = self._rows, []
        return rows

    def send(self, rows: list[Row]) -> None:
        """Write rows, inside the transaction at hand."""
        with connection.cursor() as cursor:
            for start in range(0, len(rows), CHUNK_ROWS):
                chunk = rows[start : start + CHUNK_ROWS]
                columns = zip(*chunk, strict=True)
                arrays = ["{" + ",".join([value or EMPTY for value in column]) + "}" for column in columns]
                cursor.execute(self._statement, [*self._fixed, *arrays])
                self.total += len(chunk)
                self._count_for_the_planner(cursor)

    def _count_for_the_planner(self, cursor: Any) -> None:
        """Nothing else counts within a transaction: triggers planned for one row join thousands by thousands."""
        if self.total >= 2 * self._counted + ROWS_TO_COUNT:
            cursor.execute(f'ANALYZE "{self.name}"')
            self._counted = self.total


def _defaults(model: type[models.Model], given: set[str]) -> dict[str, Any]:
    """The model's own defaults of the columns that nobody gives and the database does not make."""
    found: dict[str, Any] = {}
    for column in model._meta.concrete_fields:
        if column.column in given or column.db_default is not NOT_PROVIDED or column.null:
            continue
        value = column.get_default()
        if value is None:
            raise LookupError(f"The simulation gives no value for {model._meta.label}.{column.name}.")
        found[str(column.column)] = value
    return found
