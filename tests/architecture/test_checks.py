"""In SQL NULL is not false: what a CHECK says of an empty column it has to say for every pattern of emptiness."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from django.db import connection

# Two values that differ, so that each order and each choice of a condition comes up.
_VALUES = {
    "timestamp with time zone": ("'2026-03-02 09:00+00'", "'2026-03-02 10:00+00'"),
    "date": ("'2026-03-02'", "'2026-03-03'"),
    "uuid": ("'00000000-0000-4000-8000-000000000001'", "'00000000-0000-4000-8000-000000000002'"),
    "boolean": ("true", "false"),
    "jsonb": ("'{}'", "'[]'"),
}
_NUMBERS, _TEXTS, _LISTS = ("0", "1"), ("''", "'x'"), ("'{}'", "'{x}'")
# Done by nobody of the clinic: the patient answered, or the machine did it.
_BY_NOBODY = {
    "patients_contactpoint_verified_at_a_time",
    "patients_patientmerge_reversal_is_whole",
    "scheduling_settingchange_undone",
}


@dataclass(frozen=True)
class Column:
    name: str
    kind: str
    can_be_null: bool

    def values(self, condition: str) -> list[str]:
        found = _VALUES.get(self.kind, _NUMBERS)
        if self.kind.endswith("[]"):
            found = _LISTS if self.kind in ("character varying[]", "text[]") else ("'{}'",)
        elif self.kind in ("character varying", "text"):
            found = (*_TEXTS, *sorted(set(re.findall(r"'[a-z_]+'(?=::character varying|::text)", condition)))[:4])
        return [f"{value}::{self.kind}" for value in found] + [f"NULL::{self.kind}"] * self.can_be_null


@dataclass(frozen=True)
class Check:
    name: str
    condition: str
    columns: tuple[Column, ...]

    def where(self, test: str) -> list[tuple[object, ...]]:
        """Rows of made-up values, empty ones among them, for which the condition answers as ``test`` says."""
        names = ", ".join(f'"{column.name}"' for column in self.columns)
        rows = product(*(column.values(self.condition) for column in self.columns))
        values = ", ".join(f"({', '.join(row)})" for row in rows)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {names} FROM (VALUES {values}) made ({names}) WHERE ({self.condition}) {test}")
            return list(cursor.fetchall())


def _checks() -> Iterator[Check]:
    """Every CHECK of the database that has a column which may be empty."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.conname, pg_get_expr(c.conbin, c.conrelid),"
            " array_agg(ARRAY[a.attname, format_type(a.atttypid, NULL), (NOT a.attnotnull)::text] ORDER BY a.attnum)"
            " FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)"
            " JOIN pg_namespace n ON n.oid = c.connamespace WHERE c.contype = 'c' AND n.nspname = 'public'"
            " GROUP BY c.oid, 1, 2 HAVING NOT bool_and(a.attnotnull) ORDER BY 1"
        )
        found = cursor.fetchall()
    for name, condition, columns in found:
        yield Check(name, condition, tuple(Column(one, kind, is_null == "true") for one, kind, is_null in columns))


def test_no_check_answers_unknown(db: None) -> None:
    """But for a bound of one column, which says nothing of an empty one."""
    checks = [check for check in _checks() if len(check.columns) > 1 or " NULL" in check.condition]

    assert len(checks) > 90
    assert {check.name: found[0] for check in checks if (found := check.where("IS NULL"))} == {}


def test_what_is_whole_is_never_half(db: None) -> None:
    """When something happened and who did it stand together."""
    halves = {}
    for check in _checks():
        names = {column.name: place for place, column in enumerate(check.columns) if column.can_be_null}
        for at, by in ((place, names.get(name.removesuffix("_at") + "_by_id")) for name, place in names.items()):
            for row in check.where("IS TRUE") if by is not None else []:
                is_by_nobody = row[by] is None and check.name in _BY_NOBODY
                if (row[at] is None) != (row[by] is None) and not is_by_nobody:
                    halves[check.name] = row
    assert halves == {}
