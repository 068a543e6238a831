"""Tables people download: a spreadsheet shows every cell, in its own letters, and runs none."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

# By it Excel knows the letters; without, it reads "Zoë" as "ZoÃ«".
BYTE_ORDER_MARK = "\ufeff"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(value: object) -> object:
    """A text that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay numbers."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The table as CSV, every text quoted."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(header)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def csv_answer(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """The table as a file that is called so. Each table of the site leaves by this door."""
    return csv_file_answer(name, (BYTE_ORDER_MARK + csv_text(header, rows)).encode("utf-8", "replace"))


def csv_file_answer(name: str, content: bytes) -> HttpResponse:
    """A table that ``csv_text`` made before, behind its mark."""
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
