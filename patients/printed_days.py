"""A day as our own pages print it, "4 Mar 1981" or "4 March 1981, 45 years", read back in the reader's language."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import chain

from django.utils import dates
from django.utils.translation import get_language, override

from patients.ages import in_words
from patients.folding import fold

_ALWAYS = "en"
_SAMPLE = date(2000, 1, 15)
_BETWEEN = r"[\s.,/-]*"


def in_text(text: str) -> Iterator[tuple[re.Match[str], int, int, int]]:
    """Each day that is written with the name of its month: the match, year, month, day of the month."""
    pattern, months = _reading(get_language() or _ALWAYS)
    for match in pattern.finditer(text):
        day, name, other_name, other_day, year = match.groups()
        yield match, int(year), months[fold(name or other_name)], int(day or other_day)


@cache
def _reading(language: str) -> tuple[re.Pattern[str], dict[str, int]]:
    months: dict[str, int] = {}
    written: set[str] = set()
    units: set[str] = set()
    for one in (_ALWAYS, language):
        with override(one):
            named = (dates.MONTHS_3, dates.MONTHS, dates.MONTHS_AP, dates.MONTHS_ALT)
            for number, name in chain.from_iterable(names.items() for names in named):
                word = str(name).rstrip(".")
                months[fold(word)] = number
                written |= {word, fold(word)}
            units |= {_unit(weeks) for weeks in (0, 1 / 7, 5, 30, 60, 110, 520)}
    name, unit = (_one_of(words) for words in (written, units))
    day = r"(\d{1,2})(?:st|nd|rd|th)?"
    age = rf"(?:[\s,(·]+\d{{1,3}}\s+(?:{unit})(?!\w)\)?)?"
    pattern = rf"(?<!\w)(?:{day}{_BETWEEN}({name})|({name}){_BETWEEN}{day}(?!\d)){_BETWEEN}(\d{{4}})(?!\d){age}"
    return re.compile(pattern, re.IGNORECASE), months


def _unit(weeks: float) -> str:
    """The words after the number of an age: "years"."""
    return in_words(_SAMPLE, _SAMPLE + timedelta(weeks=weeks)).lstrip("0123456789 \u00a0")


def _one_of(words: set[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words - {""}, key=lambda word: (-len(word), word)))
