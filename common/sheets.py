"""Tables for a spreadsheet program (XLSX): every text stays the text it is, whatever it begins with."""

import io
from collections.abc import Iterable, Sequence

import xlsxwriter

# A program that lets somebody edit such a cell must not take it for a formula then either.
_FORMULA_STARTS = ("=", "+", "-", "@")
_PLAIN = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def xlsx(*, name: str, heading: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """One sheet called ``name`` (at most 31 characters), ready to print: its heading on each page, the header repeated.

    Every cell is a text.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _PLAIN)
    bold, quoted = book.add_format({"bold": True, "bottom": 1}), book.add_format({"quote_prefix": True})
    sheet = book.add_worksheet(name)
    for column, title in enumerate(header):
        sheet.write_string(0, column, title, bold)
    for number, row in enumerate(rows, start=1):
        for column, text in enumerate(row):
            starts_formula = text.lstrip().startswith(_FORMULA_STARTS)
            sheet.write_string(number, column, text, quoted if starts_formula else None)
    sheet.autofit()
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_header(f"&L{heading.replace('&', '&&')}&R&P/&N")
    book.close()
    return out.getvalue()
