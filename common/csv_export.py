"""Tables people download: a spreadsheet opens each as it is, shows every cell as it was written, and runs none."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache
from typing import TextIO

from babel import Locale, UnknownLocaleError
from babel.numbers import get_decimal_symbol
from django.http import HttpResponse

# By it Excel knows the letters; without, it reads "Zoë" as "ZoÃ«".
BYTE_ORDER_MARK = "\ufeff"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
# What a spreadsheet takes for something else: 007 for 7, 123456789012 for 1.23E+11, 3-4 for the third of April.
_TAKEN_FOR_ANOTHER = re.compile(r"0\d+|\d{12,}|\d{1,2}[-/.]\d{1,2}|\d+[eE]\d+")
# The longest text a formula may hold.
LONGEST_CONSTANT = 255
# These write a decimal point, and part lists with a semicolon all the same.
_SEMICOLON_ALL_THE_SAME = ("CH", "LI")


def safe_cell(value: object) -> object:
    """A text that a spreadsheet would run, or take for another, becomes a formula that is nothing but that text: it
    looks as it was written. Where that is too long an apostrophe stands in front. Numbers stay numbers."""
    if not isinstance(value, str):
        return value
    is_run = value.lstrip(" ").startswith(_FORMULA_STARTS)
    if not is_run and not _TAKEN_FOR_ANOTHER.fullmatch(value):
        return value
    if len(value) > LONGEST_CONSTANT:
        return f"'{value}" if is_run else value
    return '="' + value.replace('"', '""') + '"'


def as_written(cell: str) -> str:
    """What ``safe_cell`` was given, of a cell of a table that comes back."""
    if cell.startswith('="') and cell.endswith('"') and len(cell) > 2:
        return cell[2:-1].replace('""', '"')
    return cell[1:] if cell.startswith("'") and cell[1:].lstrip(" ").startswith(_FORMULA_STARTS) else cell


@cache
def separator_of(country: str) -> str:
    """What parts the cells for the spreadsheets of a country (ISO letters): a semicolon where the decimals have the
    comma."""
    if country in _SEMICOLON_ALL_THE_SAME:
        return ";"
    return ";" if _decimal_symbol(country) == "," else ","


@cache
def _decimal_symbol(country: str) -> str:
    try:
        return get_decimal_symbol(Locale.parse(f"und_{country}"))
    except (UnknownLocaleError, ValueError):
        return "."


def _has_decimals(cell: object) -> bool:
    return isinstance(cell, Decimal | float)


def _number(cell: object, point: str) -> str:
    """1.5 as the country's spreadsheets read it: with a point, a German one sees the first of May."""
    return f"{cell}".replace(".", point)


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]], *, country: str) -> str:
    """The table as CSV as the spreadsheets of the country read it, every text quoted."""
    out = io.StringIO()
    point = _decimal_symbol(country)
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, delimiter=separator_of(country))
    writer.writerow(header)
    writer.writerows([_number(cell, point) if _has_decimals(cell) else safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def write_plain(into: TextIO, rows: Iterable[Sequence[str]]) -> None:
    """Rows as they are, parted by commas: for our own reading, never for a spreadsheet."""
    csv.writer(into).writerows(rows)


def csv_answer(name: str, header: Sequence[str], rows: Iterable[Sequence[object]], *, country: str) -> HttpResponse:
    """The table as a file that is called so. Each table of the site leaves by this door."""
    content = BYTE_ORDER_MARK + csv_text(header, rows, country=country)
    return csv_file_answer(name, content.encode("utf-8", "replace"))


def csv_file_answer(name: str, content: bytes) -> HttpResponse:
    """A table that ``csv_text`` made before, behind its mark."""
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
