"""A table as people have it: rows under a heading, whatever stands above it and whatever sign parts the cells."""

import csv
import itertools
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from patients.importing.columns import Target, guess
from patients.importing.files import lines_of, open_text
from patients.importing.people import FileRefusedError

DELIMITERS = (",", ";", "\t", "|")
MOST_COLUMNS = 200
MOST_ROWS = 200_000
LOOKED_AT = 20
# A cell with line breaks may be so many lines long; a quotation mark that is never closed ends there.
LONGEST_CELL_LINES = 50
# As much as a cell of a spreadsheet holds.
LONGEST_TORN = 32_000
_UNCLOSED = "unexpected end of data"


@dataclass(frozen=True)
class Row:
    """``number`` counts as a spreadsheet does, from 1. ``is_torn``: a quotation mark in it is not closed."""

    number: int
    cells: list[str]
    is_torn: bool = False

    @property
    def is_blank(self) -> bool:
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True)
class Table:
    """``rows`` are those under the header, to be read once."""

    header: list[str]
    rows: Iterator[Row]


@dataclass(frozen=True)
class Preview:
    """The header and the first rows, to map the columns by."""

    header: list[str]
    rows: list[list[str]]


def open_table(file: IO[bytes], letters: str = "") -> Table:
    """Raises ``FileRefusedError`` when there is no table, and later for a file that is too long or has a line that
    is."""
    lines = lines_of(open_text(file, letters))
    start = list(itertools.islice(lines, LOOKED_AT))
    delimiter = ""
    if start and start[0].lower().startswith("sep=") and start[0].strip()[4:5] in DELIMITERS:
        delimiter = start.pop(0)[4]
    rows = _rows(_Lines(itertools.chain(start, lines)), delimiter or _delimiter(start))
    first = list(itertools.islice(rows, LOOKED_AT))
    at = _place_of_header(first)
    header = [heading.strip()[:80] for heading in first[at].cells]
    while header and not header[-1]:
        header.pop()
    if len(header) > MOST_COLUMNS:
        raise FileRefusedError(_("More than %(n)s columns.") % {"n": MOST_COLUMNS})
    return Table(header, _counted(itertools.chain(first[at + 1 :], rows)))


def preview(file: IO[bytes], letters: str = "") -> Preview:
    """Raises ``FileRefusedError`` when there is no table to show."""
    table = open_table(file, letters)
    rows = (row.cells for row in table.rows if not row.is_blank)
    return Preview(header=table.header, rows=list(itertools.islice(rows, LOOKED_AT)))


def _counted(rows: Iterator[Row]) -> Iterator[Row]:
    for count, row in enumerate(rows, start=1):
        if count > MOST_ROWS:
            raise FileRefusedError(_("More than %(n)s rows. Split the file.") % {"n": MOST_ROWS})
        yield row


class _Lines:
    """Lines of which some can be given back."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._given_back: deque[str] = deque()

    def take(self) -> str | None:
        return self._given_back.popleft() if self._given_back else next(self._lines, None)

    def give_back(self, lines: Sequence[str]) -> None:
        self._given_back.extendleft(reversed(lines))


def _rows(lines: _Lines, delimiter: str) -> Iterator[Row]:
    number = 0
    while (line := lines.take()) is not None:
        number += 1
        cells = _cells(line, lines, delimiter)
        yield Row(number, [line.strip()[:LONGEST_TORN]], is_torn=True) if cells is None else Row(number, cells)


def _cells(first: str, lines: _Lines, delimiter: str) -> list[str] | None:
    """Those of the record that begins with this line, or None for one with a quotation mark that is not closed: then
    the lines after it are rows of their own."""
    taken = [first]
    while True:
        try:
            return next(csv.reader(taken, delimiter=delimiter, strict=True), [])
        except csv.Error as error:
            is_open = _UNCLOSED in str(error)
        if not is_open and len(taken) == 1:
            return _leniently(first, delimiter)
        following = lines.take() if is_open and len(taken) < LONGEST_CELL_LINES else None
        if following is None:
            lines.give_back(taken[1:])
            return None
        taken.append(following)


def _leniently(line: str, delimiter: str) -> list[str] | None:
    """A quotation mark in the middle of a cell is one."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return None


def _place_of_header(rows: list[Row]) -> int:
    """The first row that names a date of birth and a name, or else the first with two headings."""
    for at, row in enumerate(rows):
        found = guess(row.cells)
        if Target.BIRTH_DATE in found and found.keys() & {Target.FAMILY_NAME, Target.GIVEN_NAMES, Target.NAME}:
            return at
    for at, row in enumerate(rows):
        if not row.is_torn and len([cell for cell in row.cells if cell.strip()]) > 1:
            return at
    raise FileRefusedError(_("There is no table here: the first line should name at least two columns."))


def _delimiter(start: list[str]) -> str:
    """The sign that parts the most of the first lines into the same number of columns, and into the more the better."""

    def score(delimiter: str) -> tuple[int, int]:
        try:
            widths = Counter(len(row) for row in csv.reader(start[:-1] or start, delimiter=delimiter) if len(row) > 1)
        except csv.Error:
            return (0, 0)
        return max(((lines, width) for width, lines in widths.items()), default=(0, 0))

    return max(DELIMITERS, key=score)
