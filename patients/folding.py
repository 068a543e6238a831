"""How names are compared: without case and accents, part by part, forgiving one wrong letter.

A part of four or more letters is also kept with each of its letters left out. Two words share such a form when one
letter is missing, extra, wrong or swapped with its neighbour; equality of stored forms is all the database compares.
"""

import unicodedata
from collections.abc import Iterable

TOKEN_LENGTH = 60
FORGIVING_FROM = 4
LONGEST_FORGIVEN = 24
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼ`´ـ"))
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"})


def fold(text: str) -> str:
    """Lower case, no accents, no apostrophes, anything else that is no letter or digit turned into one space."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = "".join(c for c in plain if not unicodedata.combining(c)).translate(_APOSTROPHES).translate(_LETTERS)
    return " ".join("".join(c if c.isalnum() else " " for c in kept).split())


def name_parts(text: str) -> list[str]:
    """The folded parts of a name, in their order, each at most ``TOKEN_LENGTH`` characters."""
    return [part[:TOKEN_LENGTH] for part in fold(text).split()]


def one_letter_less(part: str) -> frozenset[str]:
    """Every form of the part with one letter left out; none for short parts, where it would find anything."""
    if not FORGIVING_FROM <= len(part) <= LONGEST_FORGIVEN:
        return frozenset()
    return frozenset(part[:i] + part[i + 1 :] for i in range(len(part)))


def wholes(names: Iterable[str]) -> frozenset[str]:
    """The parts of all names, and each name of several parts written as one word."""
    found: set[str] = set()
    for name in names:
        parts = name_parts(name)
        found.update(parts)
        if len(parts) > 1:
            found.add("".join(parts)[:TOKEN_LENGTH])
    return frozenset(found)


def tokens(names: Iterable[str]) -> dict[str, bool]:
    """What the search index keeps for a patient: form → whether it is a whole part."""
    names = list(names)
    found = {less: False for name in names for part in name_parts(name) for less in one_letter_less(part)}
    return found | dict.fromkeys(wholes(names), True)


def forms_to_look_for(part: str) -> frozenset[str]:
    """The typed part itself and its forms with one letter less."""
    return frozenset({part[:TOKEN_LENGTH]}) | one_letter_less(part)


def distance(one: str, other: str) -> int:
    """How many single letters are missing, extra, wrong or swapped (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        before, above, row = row, before, [i]
        for j, b in enumerate(other, start=1):
            steps = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                steps = min(steps, above[j - 2] + 1)
            row.append(steps)
    return row[-1]


def is_alike(one: str, other: str) -> bool:
    """Whether two folded parts are the same but for one letter (exactly the same when short)."""
    if one == other:
        return True
    if min(len(one), len(other)) < FORGIVING_FROM - 1 or max(len(one), len(other)) < FORGIVING_FROM:
        return False
    return abs(len(one) - len(other)) <= 1 and distance(one, other) <= 1
