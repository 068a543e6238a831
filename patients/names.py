"""How a name is written out and where it stands in a list: as the clinic's and the patient's languages do."""

from functools import lru_cache

import icu

from patients.folding import EDITION, is_ungapped

# Hungarian and Vietnamese put the family name first; Chinese, Japanese and Korean names tell it by their letters.
_FAMILY_FIRST = frozenset({"hu", "vi"})
# U+FFFE sorts below every letter (Unicode collation): Berg, Zoe stands before Berger, Ann.
_PARTED = "\ufffe"
LONGEST_KEY = 400


def full_name(given: str, family: str, language: str = "") -> str:
    """The whole name as its bearer writes it."""
    if is_ungapped(f"{given}{family}"):
        return f"{family} {given}".strip() if _has_kana(given + family) else f"{family}{given}"
    if language.split("-")[0] in _FAMILY_FIRST:
        return f"{family} {given}".strip()
    return f"{given} {family}".strip()


def listed_name(given: str, family: str) -> str:
    """The name as lists show it, the family name first; a comma parts what a gap would not."""
    if is_ungapped(f"{given}{family}"):
        return full_name(given, family)
    return f"{family}, {given}".strip(", ")


def sort_key(given: str, family: str, *, locale: str) -> bytes:
    """Bytes in the order in which the language sorts names: Å after Z in Swedish, 王 by its sound in Chinese."""
    text = _PARTED.join(filter(None, (family, given)))
    return bytes(_collator(locale).getSortKey(text))[:LONGEST_KEY]


@lru_cache(maxsize=16)
def edition(locale: str) -> str:
    """By which rules the stored sort key and search forms of a name were made; another edition: to be made anew."""
    return f"{EDITION}/{icu.ICU_VERSION}/{locale}"[:40]


@lru_cache(maxsize=16)
def _collator(locale: str) -> icu.Collator:
    return icu.Collator.createInstance(icu.Locale(locale))


def _has_kana(text: str) -> bool:
    return any("\u3041" <= c <= "\u30ff" for c in text)
