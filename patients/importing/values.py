"""One cell of a table turned into a value, or refused with a reason that does not repeat it."""

import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global
from babel.localedata import exists
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.lines import cleaned_line
from common.spoken_languages import OTHER
from patients.choices import Sex
from patients.folding import fold
from patients.importing.files import UNREAD

# The languages in which months and languages are known by name; a language is known by its own name, too.
_READ_IN = ("en", "de", "fr", "es", "it", "pt", "nl")
_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp][Mm])?(?:Z|[+-]\d{2}:?\d{2})?)?"
_MIDNIGHT = re.compile(r"(?:[T ](?:0?0:00(?::00(?:\.0+)?)?|12:00(?::00)? ?[Aa][Mm])(?:Z|\+00:?00)?)?")
_ISO = re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}})({_TIME})")
_COMPACT = re.compile(r"((?:18|19|20)\d{2})(\d{2})(\d{2})")
_WRITTEN = re.compile(rf"(\d{{1,2}})([./-])\s?(\d{{1,2}})\2\s?(\d{{4}}|\d{{2}})({_TIME})")
_YEAR = re.compile(r"(?:18|19|20)\d{2}")
_SERIAL = re.compile(r"\d{5}(?:\.0)?")
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|e|o|a)")
_BETWEEN = frozenset({"de", "del", "of", "the", "d"})
_SEXES = {
    Sex.FEMALE: "f|female|w|weiblich|woman|girl|frau|femme|femenino|femenina|mujer|hembra|feminin|feminino|"
    "mulher|femmina|donna|vrouw|vrouwelijk|v",
    Sex.MALE: "m|male|mannlich|man|boy|mann|homme|masculino|hombre|varon|masculin|homem|maschio|uomo|mannelijk|h",
    Sex.OTHER: "o|other|d|divers|x|diverse|nonbinary|non binary|intersex|indeterminate|otro|autre|altro|outro|anders",
    Sex.UNKNOWN: "|u|unk|unknown|unbekannt|not known|n a|not stated|not specified|prefer not to say|declined|"
    "asked but no answer|undisclosed|keine angabe|k a|inconnu|desconocido|sconosciuto|desconhecido|onbekend",
}
# As registers write that somebody speaks none of their list, or that nobody asked; the codes are those of ISO and HL7.
_OTHER_LANGUAGE = (
    "und|mis|mul|oth|unk|other|other language|another language|unknown|unknown language|not known|andere|"
    "andere sprache|sonstige|unbekannt|autre|autre langue|inconnu|inconnue|otro|otra|otro idioma|desconocido|altro|"
    "altra lingua|sconosciuto|outro|outra lingua|desconhecido|andere taal|anders|onbekend"
)
_YES = frozenset(["y", "yes", "true", "1", "ja", "si", "oui", "sim", "x", "t"])
_NO = frozenset(["", "n", "no", "false", "0", "nein", "non", "nao", "nee", "f"])


def is_month_first(value: str) -> bool | None:
    """What a number over 12 tells of one date, None when none does."""
    match = _WRITTEN.fullmatch(value.strip())
    if match and int(match[1]) > 12:
        return False
    if match and int(match[3]) > 12:
        return True
    return None


def looks_month_first(values: Iterable[str]) -> bool | None:
    """True or False when a number over 12 tells, None when none does."""
    return next((told for value in values if (told := is_month_first(value)) is not None), None)


def reads_either_way(value: str) -> bool:
    """Whether the order of day and month changes what day it is: 5/6/1970, but not 5/5/1970."""
    match = _WRITTEN.fullmatch(value.strip())
    return match is not None and max(int(match[1]), int(match[3])) <= 12 and int(match[1]) != int(match[3])


def has_short_year(value: str) -> bool:
    """3/4/81 or 3 Apr 81."""
    match = _WRITTEN.fullmatch(value.strip())
    if match:
        return len(match[4]) == 2
    named = _named(value)
    return named is not None and len(named[0]) <= 2


def to_date(text: str, *, is_month_first: bool, past_of: date | None = None, with_time: bool = False) -> date:
    """A day. ``past_of``: a year of two digits is the latest that has come by that day; without it, it is refused.
    ``with_time``: of a moment the day is taken, as it is when something happened and never when somebody was born.

    Raises ``ValidationError``: a day that can mean another is never guessed.
    """
    written, month, day, time = _parts(text, is_month_first=is_month_first)
    if time and not with_time and not _MIDNIGHT.fullmatch(time):
        raise ValidationError(_("There is a time beside this day, so it may be another day elsewhere."))
    if len(written) == 4:
        return _day(int(written), month, day)
    if past_of is None:
        raise ValidationError(_("This year has two digits. Write all four, or say what two digits mean."))
    recent = _day(past_of.year // 100 * 100 + int(written), month, day)
    return recent if recent <= past_of else _day(recent.year - 100, month, day)


def _parts(text: str, *, is_month_first: bool) -> tuple[str, int, int, str]:
    """Year as written, month, day, and the time beside them."""
    if match := _ISO.fullmatch(text):
        return match[1], int(match[3]), int(match[4]), match[5]
    if match := _COMPACT.fullmatch(text):
        return match[1], int(match[2]), int(match[3]), ""
    if match := _WRITTEN.fullmatch(text):
        first, second = int(match[1]), int(match[3])
        month, day = (first, second) if is_month_first else (second, first)
        return match[4], month, day, match[5]
    if named := _named(text):
        return (*named, "")
    if _YEAR.fullmatch(text):
        raise ValidationError(_("Only the year is given; the register needs the day."))
    if _SERIAL.fullmatch(text):
        raise ValidationError(_("This is a spreadsheet’s own number of a day. Format the column as a date."))
    raise ValidationError(_("This is not a date with a four-digit year."))


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ValidationError(_("There is no such day.")) from error


def _named(text: str) -> tuple[str, int, int] | None:
    """Year as written, month, day of ``3 Jan 1981``, ``Jan 3, 1981``, ``3. Januar 1981`` or ``1981 Jan 3``."""
    words = [_ORDINAL.sub(r"\1", word) for word in fold(text).split() if word not in _BETWEEN]
    names = [at for at, word in enumerate(words) if word in _months()]
    if len(words) != 3 or len(names) != 1:
        return None
    numbers = [word for at, word in enumerate(words) if at != names[0]]
    if not all(word.isascii() and word.isdecimal() for word in numbers):
        return None
    year, day = numbers if len(numbers[0]) == 4 else reversed(numbers)
    is_one_way = len(day) <= 2 and len(year) in (2, 4) and not (len(year) == 2 and names[0] != 1)
    return (year, _months()[words[names[0]]], int(day)) if is_one_way else None


@cache
def _months() -> dict[str, int]:
    """Folded name of a month, whole or short, in each language we read → its number; a name of two is none."""
    found: dict[str, set[int]] = {}
    for language in _READ_IN:
        months = Locale(language).months
        for form in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[form][width].items():
                    found.setdefault(fold(name), set()).add(number)
    found.setdefault("sept", set()).add(9)
    return {name: min(numbers) for name, numbers in found.items() if len(numbers) == 1}


def to_sex(text: str, *, is_hombre_o_mujer: bool = False) -> Sex:
    """``is_hombre_o_mujer``: the column has H beside M, so that M is a woman."""
    folded = fold(text)
    if is_hombre_o_mujer and folded == "m":
        return Sex.FEMALE
    for sex, words in _SEXES.items():
        if folded in words.split("|"):
            return sex
    raise ValidationError(_("This is no sex we know: use female, male, other or unknown."))


def is_hombre_o_mujer(values: Iterable[str]) -> bool:
    """Whether a column writes H and M, and no other letter for women."""
    letters = {fold(value) for value in values}
    return {"h", "m"} <= letters and not letters & {"f", "w"}


def to_yes(text: str) -> bool:
    folded = fold(text)
    if folded in _YES:
        return True
    if folded in _NO:
        return False
    raise ValidationError(_("Write yes or no."))


def to_active(text: str) -> bool:
    """Whether a record is in use where it comes from."""
    folded = fold(text)
    if folded in ("active", "aktiv", "actif", "activo", "attivo", "ativo", "actief", "current"):
        return True
    if folded in ("inactive", "inaktiv", "archived", "inactif", "inactivo", "inattivo", "inativo", "inactief"):
        return False
    return to_yes(text)


def to_zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (KeyError, ValueError, OSError) as error:
        raise ValidationError(_("This is no time zone. Write it like Europe/Berlin.")) from error


def to_language(text: str) -> str:
    """The shortest code of a language, from a code (``de-AT``, ``ger``) or from its name in a language we read.

    “Other” and “unknown” are ``OTHER``: the clinic's own would claim that we can read what the patient writes.
    """
    if fold(text) in _OTHER_LANGUAGE.split("|"):
        return OTHER
    code = text.lower().replace("_", "-").split("-")[0].strip()
    if re.fullmatch("[a-z]{2,3}", code) and _shortest(code) in Locale("en").languages:
        return _shortest(code)
    if found := _languages().get(fold(text)):
        return found
    raise ValidationError(_("This is no language we know. Write its name or its two letters."))


def _shortest(code: str) -> str:
    """``de`` for ``ger`` and ``deu``, ``nb`` for ``no``."""
    return "nb" if code == "no" else str(get_global("language_aliases").get(code, code))


@cache
def _languages() -> dict[str, str]:
    """Folded name → code. Of two languages with one name neither is known by it."""
    found = {"mandarin": {"zh"}, "farsi": {"fa"}}
    for language in _READ_IN:
        for code, name in Locale(language).languages.items():
            found.setdefault(fold(name), set()).add(_shortest(code.split("_")[0]))
    for code in filter(exists, Locale("en").languages):
        found.setdefault(fold(Locale(code).get_display_name(code) or code), set()).add(_shortest(code))
    return {name: codes.pop() for name, codes in found.items() if len(codes) == 1}


def to_plain(text: str) -> str:
    """The cell without what nobody can see. Refuses one that a spreadsheet would run as a formula, and characters no
    name has."""
    if UNREAD in text:
        raise ValidationError(_("A letter here could not be read. Choose how the letters are written, or correct it."))
    plain = cleaned_line(text).strip()
    if plain[:1] in ("=", "+", "-", "@", "\t", "\r"):
        raise ValidationError(_("This begins like a formula of a spreadsheet."))
    return plain
