"""The name by which a patient of a FHIR file goes today."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from patients.folding import fold

# The lower the better: what is over comes after everything that is in use, and an anonymous name never.
_RANKS = {"official": 0, "usual": 1, "": 2, "temp": 3}
_OVER = 9
_FORMER = frozenset({"old", "maiden"})
_NO_NAME = frozenset({"anonymous", "nickname"})
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "md", "phd", "dr"})


def names_of(names: Iterable[dict[str, Any]], *, today: date) -> tuple[str, str, str]:
    """Given names, family name and what the patient is called."""
    names = list(names)
    usable = [one for one in names if one.get("use") not in _NO_NAME and any(_parts(one))]
    ordered = sorted(usable, key=lambda one: _rank(one, today))
    given, family = _parts(ordered[0]) if ordered else ("", "")
    nicknames = [one for one in names if one.get("use") == "nickname" and not _has_ended(one, today)]
    return given, family, next(filter(None, map(_given, nicknames)), "")


def _rank(name: dict[str, Any], today: date) -> int:
    if name.get("use") in _FORMER or _has_ended(name, today):
        return _OVER
    return _RANKS.get(name.get("use") or "", _RANKS[""])


def _has_ended(name: dict[str, Any], today: date) -> bool:
    """Before today, or before this year or month where no more is said."""
    end = str((name.get("period") or {}).get("end") or "")[:10]
    return bool(end) and end < today.isoformat()[: len(end)]


def _given(name: dict[str, Any]) -> str:
    return " ".join(filter(None, name.get("given") or []))


def _parts(name: dict[str, Any]) -> tuple[str, str]:
    """Given names and family name; out of the text, what is not said apart."""
    given, family = _given(name), name.get("family") or ""
    text = " ".join((name.get("text") or "").split())
    if given or not text:
        return given, family
    if family:
        return (text.replace(family, "", 1).strip(" ,") if family in text else "", family)
    return _of_text(text)


def _of_text(text: str) -> tuple[str, str]:
    """ "Berg, Ann" as "Ann Berg" is; what follows a comma may also be a title."""
    before, comma, after = (part.strip() for part in text.partition(","))
    if comma and before and after and "," not in after and fold(after) not in _SUFFIXES:
        return after, before
    given, _space, family = (before if comma and before else text).rpartition(" ")
    return given, family


def whole_name(name: dict[str, Any] | None) -> str:
    if not name:
        return ""
    return name.get("text") or " ".join(filter(None, [*(name.get("given") or []), name.get("family")]))
