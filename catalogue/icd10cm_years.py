"""The ICD-10-CM codes that may stand on a bill, by fiscal year (October to September).

ICD-10-CM is in the public domain (CDC/NCHS, CMS). ``icd10cm_lists/fyYYYY.txt.xz`` holds one billable code a line,
sorted: the leaves of the April releases of 2025 and 2026 as ``simple-icd-10-cm`` 1.4.0 and 1.5.0 (MIT) carry them,
74,260 and 74,719 codes. A new year is one more file; nothing else changes. The package itself is not needed to run: it
takes 2.5 s and 200 MB to load, a list here 10 ms and 0.7 MB, and only when a code is first asked about.
"""

import lzma
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "icd10cm_lists"


class Standing(StrEnum):
    """What a code is on a day. A heading has more exact codes below it and stands on no bill."""

    BILLABLE = "billable"
    HEADING = "heading"
    ANOTHER_YEAR = "another_year"
    UNKNOWN = "unknown"


def fiscal_year(day: date) -> int:
    return day.year + (day.month >= 10)


@cache
def years_on_file() -> tuple[int, ...]:
    return tuple(sorted(int(path.name[2:6]) for path in _FOLDER.glob("fy*.txt.xz")))


def year_for(day: date) -> int:
    """The list that decides for a visit on ``day``: its fiscal year's, else the newest before it, else the oldest."""
    before = [year for year in years_on_file() if year <= fiscal_year(day)]
    return before[-1] if before else years_on_file()[0]


def standing(code: str, day: date) -> Standing:
    """What ``code``, with its dot, is on ``day``."""
    year = year_for(day)
    if _has(code, year):
        return Standing.BILLABLE
    if code and f"\n{code}" in _codes(year) and _is_heading(code, year):
        return Standing.HEADING
    if any(_has(code, other) for other in years_on_file()):
        return Standing.ANOTHER_YEAR
    return Standing.UNKNOWN


def _has(code: str, year: int) -> bool:
    return "\n" not in code and f"\n{code}\n" in _codes(year)


def _is_heading(code: str, year: int) -> bool:
    """Below a category come a dot and more, below a subcategory more characters."""
    return len(code) >= 3 and (f"\n{code}." in _codes(year) or "." in code[:-1])


@cache
def _codes(year: int) -> str:
    """One text, searched as it is: 75,000 strings would take ten times the memory."""
    return "\n" + lzma.decompress((_FOLDER / f"fy{year}.txt.xz").read_bytes()).decode()
