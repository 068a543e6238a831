"""One cell of a table turned into a value, or refused with a reason that does not repeat it."""

import re
from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.lines import cleaned_line
from patients.choices import Sex
from patients.folding import fold

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?")
_WRITTEN = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_SEXES = {
    Sex.FEMALE: "f|female|w|weiblich|woman|frau|femme|femenino|mujer",
    Sex.MALE: "m|male|mannlich|man|mann|homme|masculino|hombre",
    Sex.OTHER: "o|other|d|divers|x|diverse|nonbinary|non binary",
    Sex.UNKNOWN: "|u|unknown|unbekannt|not known|n a",
}
_YES = frozenset("y yes true 1 ja si oui x".split())  # noqa: SIM905
_NO = frozenset(["", "n", "no", "false", "0", "nein", "non"])


def looks_month_first(values: Sequence[str]) -> bool | None:
    """True or False when a number over 12 tells, None when none does."""
    for value in values:
        match = _WRITTEN.fullmatch(value.strip())
        if match and int(match[1]) > 12:
            return False
        if match and int(match[2]) > 12:
            return True
    return None


def to_date(text: str, *, is_month_first: bool) -> date:
    """A day with its four-digit year."""
    if match := _ISO.fullmatch(text):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif match := _WRITTEN.fullmatch(text):
        first, second, year = int(match[1]), int(match[2]), int(match[3])
        month, day = (first, second) if is_month_first else (second, first)
    else:
        raise ValidationError(_("This is not a date with a four-digit year."))
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ValidationError(_("There is no such day.")) from error


def to_sex(text: str) -> Sex:
    folded = fold(text)
    for sex, words in _SEXES.items():
        if folded in words.split("|"):
            return sex
    raise ValidationError(_("This is no sex we know: use female, male, other or unknown."))


def to_yes(text: str) -> bool:
    folded = fold(text)
    if folded in _YES:
        return True
    if folded in _NO:
        return False
    raise ValidationError(_("Write yes or no."))


def to_zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (KeyError, ValueError, OSError) as error:
        raise ValidationError(_("This is no time zone. Write it like Europe/Berlin.")) from error


def to_language(text: str) -> str:
    code = text.lower().replace("_", "-").split("-")[0]
    if not re.fullmatch("[a-z]{2,3}", code):
        raise ValidationError(_("Write the language with its two letters."))
    return code


def to_plain(text: str) -> str:
    """The cell without what nobody can see. Refuses one that a spreadsheet would run as a formula, and characters no
    name has."""
    plain = cleaned_line(text).strip()
    if plain[:1] in ("=", "+", "-", "@", "\t", "\r"):
        raise ValidationError(_("This begins like a formula of a spreadsheet."))
    return plain
