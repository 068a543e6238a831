"""How names are searched: without case and accents, part by part, forgiving one wrong letter.

An accent on a Latin, Greek or Cyrillic letter, a Hebrew point and an Arabic sign are left out: people leave them out.
A vowel sign, a virama, a tone mark or a dakuten is a letter of its name and stays. Whether two people are one is
another question (``patients.identity``).

A part of four or more letters is also kept with each of its letters left out. Two words share such a form when one
letter is missing, extra, wrong or swapped with its neighbour; equality of stored forms is all the database compares.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import pairwise

# Which forms are stored: to be raised with every change of them, and a sweep writes all anew.
EDITION = 3
TOKEN_LENGTH = 60
FORGIVING_FROM = 4
LONGEST_FORGIVEN = 24
# Names of these scripts are written without a gap: they are found from any letter of theirs.
LONGEST_UNGAPPED = 12
_UNGAPPED = re.compile(r"[\u3041-\u30ff\u31f0-\u31ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff々〇]+")
# Thai, Lao, Tibetan, Myanmar, Tai, Khmer, Balinese, Javanese and Cham, too, run on; a name of theirs has a gap.
_RUNNING_ON = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf\u1b00-\u1b7f\ua980-\ua9ff\uaa00-\uaadf]+"
)
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼʻ`´ـ\u200d"))
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"})
# Marks people leave out: general and Cyrillic accents, Hebrew points, Arabic and Syriac signs, variants of a form.
_LEFT_OUT = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0711\u0730-\u074a"
    "\u08ca-\u08ff\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u2de0-\u2dff\ufb1e\ufe00-\ufe0f\ufe20-\ufe2f\U000e0100-\U000e01ef]"
)


def fold(text: str) -> str:
    """Lower case, no accents, no apostrophes, anything else that is no letter or digit turned into one space."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = _LEFT_OUT.sub("", plain).translate(_APOSTROPHES).translate(_LETTERS)
    letters = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in kept)
    return unicodedata.normalize("NFC", " ".join(letters.split()))


def is_ungapped(text: str) -> bool:
    """Whether a name is of Chinese, Japanese or Korean letters alone."""
    return bool(_UNGAPPED.fullmatch(text.replace(" ", "")))


def _is_typed_without_gaps(text: str) -> bool:
    """Whether a name is of letters that people type one after the other, across given names and family name."""
    return bool(_RUNNING_ON.fullmatch(text) or _UNGAPPED.fullmatch(text))


def name_parts(text: str) -> list[str]:
    """The folded parts of a name, in their order, each at most ``TOKEN_LENGTH`` characters."""
    return [part[:TOKEN_LENGTH] for part in fold(text).split()]


def one_letter_less(part: str) -> frozenset[str]:
    """Every form of the part with one letter left out; none for short parts, where it would find anything."""
    if not FORGIVING_FROM <= len(part) <= LONGEST_FORGIVEN:
        return frozenset()
    return frozenset(part[:i] + part[i + 1 :] for i in range(len(part)))


def wholes(names: Iterable[str]) -> frozenset[str]:
    """What a typed word may begin with: the parts of all names, neighbours and each name of several as one word, and
    of names typed without gaps both orders and, where they are written without, every tail."""
    found: set[str] = set()
    ungapped: list[str] = []
    for name in names:
        parts = name_parts(name)
        found.update(parts)
        found.update((one + other)[:TOKEN_LENGTH] for one, other in pairwise(parts))
        if len(parts) > 1:
            found.add("".join(parts)[:TOKEN_LENGTH])
        if parts and _is_typed_without_gaps(joined := "".join(parts)):
            ungapped.append(joined)
    found.update(_without_gaps(ungapped))
    return frozenset(found)


def _without_gaps(names: list[str]) -> Iterator[str]:
    for one in names:
        if is_ungapped(one):
            yield from (one[start:] for start in range(1, min(len(one), LONGEST_UNGAPPED) - 1))
        yield from ((one + other)[:TOKEN_LENGTH] for other in names if other != one)


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
