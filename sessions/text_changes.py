"""What changed between two texts, word by word, as a reader would mark it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

# Scripts that put no space between words are compared sign by sign.
_SIGN = "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"\s*(?:[{_SIGN}]|[^\s{_SIGN}]+)|\s+")


class Fate(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Piece:
    """A run of words with one fate; all but the added make up the old text, all but the removed the new one."""

    fate: Fate
    text: str


def compare(before: str, after: str) -> list[Piece]:
    return [Piece(fate, "".join(words)) for fate, words in _runs(before, after)]


def changed_words(before: str, after: str) -> int:
    """How many words a reader would have to look at: those that went and those that came."""
    return sum(len(words) for fate, words in _runs(before, after) if fate != Fate.SAME)


def figures(text: str) -> str:
    """The digits of a text in their order, of whatever script."""
    return "".join(sign for sign in text if sign.isdecimal())


def _runs(before: str, after: str) -> Iterator[tuple[Fate, list[str]]]:
    old, new = _WORD.findall(before), _WORD.findall(after)
    for _tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new).get_opcodes():
        if old[i1:i2] == new[j1:j2]:
            yield Fate.SAME, old[i1:i2]
            continue
        if i1 < i2:
            yield Fate.REMOVED, old[i1:i2]
        if j1 < j2:
            yield Fate.ADDED, new[j1:j2]
