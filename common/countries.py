"""What a country decides for a clinic in it: names, zones, emergency number, order of a date, unit of a weight.

Facts of others, in the form they keep them: ISO 3166-1 and the zones of each country from the time zone database
(``iso3166.tab``, ``zone.tab``), languages, names and ways of writing from Unicode's CLDR.
"""

from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages
from django.utils.translation import get_language
from icu import Locale as IcuLocale
from icu import LocaleData, UMeasurementSystem

from common.emergency_numbers import EMERGENCY_NUMBERS
from common.languages import served
from common.spoken_languages import CODES as SPOKEN

COUNTRY_CODE = "^[A-Z]{2}$"
_FEW = 5
A4_HEIGHT_MM = 297
KG_IN_A_POUND = Decimal("0.45359237")  # by definition, since 1959


@cache
def _zones() -> dict[str, tuple[tuple[str, str], ...]]:
    """By country: its zones in the order of the file, each with what the file says about it."""
    zones: dict[str, tuple[tuple[str, str], ...]] = {}
    for country, _place, zone, *words in _rows("zone.tab"):
        zones[country] = (*zones.get(country, ()), (zone, words[0] if words else ""))
    return zones


def _rows(name: str) -> list[list[str]]:
    lines = files("tzdata").joinpath("zoneinfo", name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


@cache
def codes() -> frozenset[str]:
    """The countries where somebody lives: those that have a clock."""
    return frozenset(row[0] for row in _rows("iso3166.tab")) & _zones().keys()


def name_of(country: str) -> str:
    """``Germany``, in the language of the page; what is no country stands for itself."""
    return _names(served(get_language() or "")).get(country, country)


def choices() -> list[tuple[str, str]]:
    """(code, name) by name, in the language of the page."""
    return _choices(served(get_language() or ""))


@cache
def _names(language: str) -> dict[str, str]:
    names = Locale.parse(language, sep="-").territories
    return {code: str(names.get(code, code)) for code in codes()}


@cache
def _choices(language: str) -> list[tuple[str, str]]:
    return sorted(_names(language).items(), key=lambda choice: choice[1])


def like(said: str) -> list[tuple[str, str]]:
    """(code, name) of what somebody may have meant who wrote this, a few at most."""
    text = said.strip().casefold()
    if not text:
        return []
    called: dict[str, str] = {name.casefold(): code for code, name, *_rest in _rows("iso3166.tab") if code in codes()}
    called |= {name.casefold(): code for code, name in choices()}
    near = get_close_matches(text, called, n=_FEW, cutoff=0.7)
    holding = sorted(name for name in called if text in name) if len(text) > 1 else []
    found = [called[name] for name in (*near, *holding)]
    if len(text) == len("deu") and text[:2].upper() in codes():
        found.append(text[:2].upper())
    return [(code, name_of(code)) for code in list(dict.fromkeys(found))[:_FEW]]


def emergency_number_of(country: str) -> str:
    """The number that brings an ambulance; ``""`` where only the clinic can tell."""
    return EMERGENCY_NUMBERS.get(country, "")


def zones_of(country: str) -> tuple[str, ...]:
    return tuple(zone for zone, _words in _zones().get(country, ()))


@cache
def all_zones() -> frozenset[str]:
    """The zones people live by, each once: no aliases, and none of the files that are no place."""
    return frozenset(zone for zones in _zones().values() for zone, _words in zones)


def zone_words(country: str) -> list[tuple[str, str]]:
    """(zone, words) of a country: ``America/Denver: Mountain (most areas)``."""
    return [
        (zone, f"{zone.replace('_', ' ')}: {words}" if words else zone.replace("_", " "))
        for zone, words in _zones().get(country, ())
    ]


def languages_of(country: str) -> tuple[str, ...]:
    """The official languages of the country that the product knows by name, the most spoken first."""
    said = (code.split("_")[0] for code in _official(country))
    known = ("nb" if code == "no" else code for code in said)
    return tuple(dict.fromkeys(code for code in known if code in SPOKEN))


def _official(country: str) -> tuple[str, ...]:
    return tuple(get_official_languages(country, de_facto=True))


@cache
def is_month_first(country: str) -> bool:
    """Whether 3/4/1981 is the fourth of March there: so it is where every language of the country writes it so."""
    patterns = [pattern for language in _official(country) if (pattern := _short_date(language, country))]
    return bool(patterns) and all(pattern.startswith("M") for pattern in patterns)


def _short_date(language: str, country: str) -> str:
    """How a day is written in numbers; ``""`` where nobody noted it down."""
    for name in (f"{language}_{country}", language):
        try:
            return str(Locale.parse(name).date_formats["short"].pattern)
        except (UnknownLocaleError, ValueError):
            continue
    return ""


@cache
def uses_letter_paper(country: str) -> bool:
    """Whether people there print on paper of 8.5 by 11 inches instead of A4."""
    height, _width = LocaleData(str(IcuLocale(f"und_{country}"))).getPaperSize()
    return bool(height < A4_HEIGHT_MM)


def weighs_in_pounds(country: str) -> bool:
    return bool(LocaleData(str(IcuLocale(f"und_{country}"))).getMeasurementSystem() == UMeasurementSystem.US)
