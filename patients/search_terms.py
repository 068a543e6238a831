"""What somebody typed into the search, taken apart: names, days, phone tails, numbers, e-mails.

Every term must fit a patient; a term may be read in several ways ("1970" is a year, a phone's tail or a number).
"""

import re
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta

from patients import printed_days
from patients.folding import TOKEN_LENGTH, name_parts
from patients.records import clinic_number

LONGEST = 100
MOST_TERMS = 6
SHORTEST_TAIL = 3
_DAY = re.compile(r"(?<!\d)(?:(\d{4})[-./](\d{1,2})[-./](\d{1,2})|(\d{1,2})[-./](\d{1,2})[-./](\d{4}))(?!\d)")
_DIGITS_ONLY = re.compile(r"[\d()+./-]*\d[\d()+./-]*")
_YEAR = re.compile(r"(?:18|19|20)\d\d")

Days = tuple[date, date]


@dataclass(frozen=True)
class Term:
    """The ways one term can be read; an empty one does not apply. ``days`` are [first, day after the last).

    ``written`` is a name with digits in it: found as it is written, never one letter off.
    """

    name: str = ""
    written: str = ""
    days: tuple[Days, ...] = ()
    tails: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    email: str = ""


def parse(text: str, *, is_month_first: bool) -> tuple[Term, ...]:
    """The terms of a search, at most ``MOST_TERMS``. ``is_month_first``: so the clinic's country writes a day."""
    text = text[:LONGEST]
    terms = []
    for printed, *numbers in list(printed_days.in_text(text)):
        if (day := day_of(*numbers)) and day.year < MAXYEAR:
            terms.append(Term(days=((day, day + timedelta(days=1)),)))
            text = text.replace(printed[0], " ", 1)
    terms += [
        Term(days=days) for match in _DAY.finditer(text) if (days := _days_of(match, is_month_first=is_month_first))
    ]
    words = _DAY.sub(" ", text).replace(",", " ").replace(";", " ").split()
    for word in _joined(words):
        terms += _terms_of(word, is_month_first=is_month_first)
    return tuple(dict.fromkeys(terms))[:MOST_TERMS]


def day_of(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _days_of(match: re.Match[str], *, is_month_first: bool) -> tuple[Days, ...]:
    if match[1]:
        found = [day_of(int(match[1]), int(match[2]), int(match[3]))]
    else:
        found = [_in_order(int(match[4]), int(match[5]), int(match[6]), is_month_first=is_month_first)]
    return tuple((day, day + timedelta(days=1)) for day in found if day and day.year < MAXYEAR)


def _in_order(first: int, second: int, year: int, *, is_month_first: bool) -> date | None:
    """The day as the clinic writes it, or the other way round where that alone is a day."""
    usual, other = day_of(year, second, first), day_of(year, first, second)
    return (other or usual) if is_month_first else (usual or other)


def _joined(words: list[str]) -> list[str]:
    """Neighbouring groups of digits are one phone number, unless a group is a year."""
    joined: list[str] = []
    is_open = False
    for word in words:
        is_group = bool(_DIGITS_ONLY.fullmatch(word)) and not _YEAR.fullmatch(word)
        if is_group and is_open:
            joined[-1] += word
        else:
            joined.append(word)
        is_open = is_group
    return joined


def _terms_of(word: str, *, is_month_first: bool) -> list[Term]:
    if "@" in word:
        return [Term(email=word.lower())]
    if any(c.isdecimal() for c in word):
        written = "".join(name_parts(word))[:TOKEN_LENGTH] if word[0].isalnum() else ""
        term = Term(
            written=written,
            days=_compact_days(word, is_month_first=is_month_first),
            tails=_tails(word),
            numbers=_numbers(word),
        )
        return [term] if term != Term() else []
    return [Term(name=part) for part in name_parts(word)]


def _compact_days(word: str, *, is_month_first: bool) -> tuple[Days, ...]:
    """A year alone, or eight digits as a day."""
    if _YEAR.fullmatch(word):
        return ((date(int(word), 1, 1), date(int(word) + 1, 1, 1)),)
    if re.fullmatch(r"[0-9]{8}", word):
        written = _in_order(int(word[:2]), int(word[2:4]), int(word[4:]), is_month_first=is_month_first)
        iso = day_of(int(word[:4]), int(word[4:6]), int(word[6:]))
        found = {day for day in (written, iso) if day and 1890 <= day.year <= 2100}
        return tuple((day, day + timedelta(days=1)) for day in sorted(found))
    return ()


def _tails(word: str) -> tuple[str, ...]:
    """The digits as the end of a phone number; without the leading zeros a caller adds."""
    if not _DIGITS_ONLY.fullmatch(word):
        return ()
    digits = "".join(c for c in word if c in "0123456789")
    tails = {tail for tail in (digits, digits.lstrip("0")) if len(tail) >= SHORTEST_TAIL}
    return tuple(sorted(tails))


def _numbers(word: str) -> tuple[str, ...]:
    """The word as an identifier; bare digits may be the clinic's own number without its beginning."""
    found = {word, word.upper()}
    if re.fullmatch(r"[0-9]{1,9}", word):
        found.add(clinic_number(int(word)))
    return tuple(sorted(found))
