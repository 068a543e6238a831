"""Whether what is said twice is said of one person. The search forgives; this does not.

Two names are the same when they are spelled the same, letter for letter: a vowel sign, a dakuten or an accent makes
another name, and another name may be another person. Only capitals and the width of gaps make no difference.
"""

import unicodedata
from datetime import date

from patients.choices import Sex
from patients.folding import name_parts

Spelled = tuple[str, str]


def spelled(text: str) -> str:
    """The text as it is compared letter for letter: composed, without capitals, one space between words."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    return " ".join(folded.split())


def same_name(one: Spelled, other: Spelled) -> bool:
    """(given names, family name) of both, spelled the same."""
    return tuple(map(spelled, one)) == tuple(map(spelled, other))


def sound_of(name: Spelled) -> tuple[str, ...]:
    """Where two names have the same, somebody should be asked: the search takes both for one, whichever is the family
    name."""
    return tuple(sorted(name_parts(" ".join(name))))


def may_be_one_sex(one: str, other: str) -> bool:
    """False where both are known and differ: that is never one person."""
    return Sex.UNKNOWN in (one, other) or one == other


def is_only_other_sex(one: Spelled, sex: str, other: Spelled, other_sex: str) -> bool:
    """Whether two people of one birth date have one name and two known sexes: not one person, unless somebody entered
    it wrongly, so that somebody is asked. Brother and sister have different names."""
    return not may_be_one_sex(sex, other_sex) and sound_of(one) == sound_of(other)


def is_a_slip(one: date, other: date) -> bool:
    """Whether a day may be the other mistyped: one of its three numbers is another, or day and month are swapped."""
    kept = (one.year == other.year) + (one.month == other.month) + (one.day == other.day)
    return kept >= 2 or (one.year, one.month, one.day) == (other.year, other.day, other.month)


def shares_given_name(one: str, other: str) -> bool:
    """Whether the given names have one in common."""
    return bool(set(name_parts(one)) & set(name_parts(other)))
