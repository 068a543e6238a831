"""The people of a table, row by row; the columns mean what the user said."""

from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext as _

from common.csv_export import as_written
from patients.importing.columns import ColumnMap, Target
from patients.importing.habits import Habits, Told
from patients.importing.people import FileRefusedError, Person, Problem
from patients.importing.row_people import RowReader
from patients.importing.tables import Row, open_table
from patients.importing.values import is_hombre_o_mujer, is_month_first

_DAYS = (Target.BIRTH_DATE, Target.DECEASED_DATE)


def read(file: IO[bytes], columns: ColumnMap, habits: Habits, letters: str = "") -> Iterator[Person | list[Problem]]:
    """One person, or what is wrong with them, for every row under the header. The file is read twice."""
    table = open_table(file, letters)
    _check_map(columns, len(table.header))
    told = _told(table.rows, columns, habits)
    place = "|".join(table.header)
    width = len(table.header)
    for row in open_table(file, letters).rows:
        if row.is_blank:
            continue
        if reason := _misshapen(row, width):
            yield [Problem(row.number, "", reason)]
        else:
            cells = {target: _cell(row, at) for target, at in columns.items()}
            yield RowReader(row.number, cells, habits, told).person(place=place)


def _cell(row: Row, at: int) -> str:
    return as_written(row.cells[at].strip()) if at < len(row.cells) else ""


def _misshapen(row: Row, width: int) -> str:
    if row.is_torn:
        return _("A cell is too long or a quotation mark is not closed.")
    found = len(row.cells)
    if found < width or any(cell.strip() for cell in row.cells[width:]):
        return _("%(n)s columns where the header has %(m)s.") % {"n": found, "m": width}
    return ""


def _told(rows: Iterator[Row], columns: ColumnMap, habits: Habits) -> Told:
    other_order: int | None = None
    sexes: set[str] = set()
    days = [columns[target] for target in _DAYS if target in columns]
    sex = columns.get(Target.SEX)
    for row in rows:
        if other_order is None and any(
            is_month_first(_cell(row, at)) is (not habits.is_month_first) for at in days if at < len(row.cells)
        ):
            other_order = row.number
        if sex is not None and len(sexes) < 100:
            sexes.add(_cell(row, sex))
    return Told(other_order, is_hombre_o_mujer(sexes))


def _check_map(columns: ColumnMap, width: int) -> None:
    has_name = Target.NAME in columns or Target.FAMILY_NAME in columns or Target.GIVEN_NAMES in columns
    if Target.BIRTH_DATE not in columns or not has_name:
        raise FileRefusedError(_("Say which columns hold the name and the date of birth."))
    if any(target not in Target.values or not 0 <= at < width for target, at in columns.items()):
        raise FileRefusedError(_("The columns chosen are not in this file."))
