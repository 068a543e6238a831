"""The first sheet of a workbook that holds a table, as the text a person sees in its cells.

A workbook is an archive, so what it would unpack to is looked at before anything is unpacked.
"""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import IO, Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum

from common.csv_export import write_plain
from patients.importing.people import FileRefusedError

# What a sheet of 200,000 rows unpacks to; a bomb unpacks to thousands of times its size.
MOST_UNPACKED = 150 * 1_048_576
MOST_MEMBERS = 2_000
_SHEETS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
_ARCHIVE = b"PK"


def write_csv(file: IO[bytes], into: IO[bytes]) -> None:
    """The table as UTF-8 CSV. Raises ``FileRefusedError`` when there is no sheet that can be read."""
    file.seek(0)
    if file.read(2) == _ARCHIVE:
        _check_archive(file)
    file.seek(0)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
        sheet = _sheet(book)
    except PasswordError as error:
        raise FileRefusedError(_("The workbook has a password. Save it without.")) from error
    except (CalamineError, ValueError, OSError) as error:
        raise FileRefusedError(_("This workbook cannot be read. Save the sheet as “CSV UTF-8”.")) from error
    text = io.TextIOWrapper(into, encoding="utf-8", newline="", write_through=True)
    write_plain(text, _rows(sheet))
    text.detach()


def _check_archive(file: IO[bytes]) -> None:
    file.seek(0)
    try:
        members = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise FileRefusedError(_("This workbook or archive is not complete.")) from error
    if not any(member.filename in _SHEETS for member in members):
        raise FileRefusedError(
            _("This is an archive, which is never opened here. Unpack it and choose the file in it.")
        )
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
        raise FileRefusedError(_("The workbook is too large. Save the sheet as “CSV UTF-8”."))


def _sheet(book: CalamineWorkbook) -> CalamineSheet:
    """The first with at least two columns and a row under its heading."""
    for place, about in enumerate(book.sheets_metadata):
        if about.typ == SheetTypeEnum.WorkSheet:
            sheet = book.get_sheet_by_index(place)
            if sheet.width > 1 and sheet.height > 1:
                return sheet
    raise FileRefusedError(_("No sheet of this workbook holds a table."))


def _rows(sheet: CalamineSheet) -> Iterator[list[str]]:
    """From the sheet's very first row, so that the numbers of rows are those of the sheet."""
    for cells in sheet.to_python(skip_empty_area=False):
        yield [_text(cell) for cell in cells]


def _text(cell: Any) -> str:
    """A day without a time as 1981-03-04, a whole number without its ``.0``."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return "" if isinstance(cell, timedelta) else str(cell)
