"""Points as a clinician says them: ``saph infrapat L 4x0.5; sural r 3x.4``. Pure: no Django, no rows, no translation.

A line is pieces parted by ``;`` (or a new line). A piece names a nerve, a side, and, where it says so, how many points
of how many mL, a solution code and a depth::

    piece    = nerve side [amount] [solution] [depth] [millimetres]
    side     = l | left | li | r | right | re | b | both | bilateral | m | midline ...
    amount   = count "x" [mL] | mL            4x0.5   3 x ,4   0.5   1ml   4x
    depth    = sc | subcut | subcutaneous | deep
    millimetres = 8mm

The nerve's words come first or stand beside the side; the order of the rest is free. A number that could be either a
count or a volume is asked back, never guessed. A depth counts only behind the side or the amount ("deep peroneal").
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from sessions.nerve_names import Nerve, find

LINE_AT_MOST = 500
POINTS_AT_MOST = 60
# The column and rule V16 (domain.md §11): more than nothing, at most 60 mL, hundredths.
VOLUME_AT_MOST_ML = Decimal(60)
NAMED_AT_MOST = 4

SIDES = {
    **dict.fromkeys(("l", "lt", "lft", "left", "li", "links"), "left"),
    **dict.fromkeys(("r", "rt", "rgt", "right", "re", "rechts"), "right"),
    **dict.fromkeys(("b", "bl", "bil", "bilat", "bilateral", "both", "beide", "beidseits", "bds"), "both"),
    **dict.fromkeys(("m", "midline", "mittig"), "midline"),
}
DEPTHS = {
    **dict.fromkeys(("sc", "subcut", "subcutaneous"), "subcutaneous"),
    "deep": "deep",
}
_SHORT_DEPTHS = {"subcutaneous": "sc", "deep": "deep"}

_TOKEN = re.compile(
    r"""
      (?P<mm>[0-9]+)\s*mm(?!\w)
    | (?P<count>[0-9]+)\s*[x×*]\s*(?P<each>[0-9]*[.,][0-9]+|[0-9]+)?(?:\s*(?:ml|cc))?(?!\w|[.,]\w)
    | (?P<volume>[0-9]*[.,][0-9]+(?:\s*(?:ml|cc))?|[0-9]+\s*(?:ml|cc))(?!\w|[.,]\w)
    | (?P<word>\S+)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_UNIT = re.compile(r"\s*(?:ml|cc)$", re.IGNORECASE)


class Problem(StrEnum):
    NO_NERVE = "no_nerve"
    UNKNOWN_NERVE = "unknown_nerve"
    WHICH_NERVE = "which_nerve"
    NO_SIDE = "no_side"
    TWO_SIDES = "two_sides"
    NO_MIDLINE = "no_midline"
    ONLY_MIDLINE = "only_midline"
    BARE_NUMBER = "bare_number"
    TWO_AMOUNTS = "two_amounts"
    COUNT = "count"
    VOLUME = "volume"
    DEPTH = "depth"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"


@dataclass(frozen=True)
class Vocabulary:
    """``solutions``: the codes that may be chosen."""

    nerves: tuple[Nerve, ...]
    solutions: tuple[str, ...] = ()

    def solution(self, word: str) -> str | None:
        bare = word.casefold().replace("-", "_")
        return next((code for code in self.solutions if code.casefold() == bare), None)


@dataclass(frozen=True)
class Item:
    """``side``: left, right, midline or both (the count is then of each side). None: not said."""

    nerve: Nerve
    side: str
    count: int = 1
    volume_ml: Decimal | None = None
    solution: str | None = None
    depth: str | None = None
    depth_mm: int | None = None

    @property
    def sides(self) -> tuple[str, ...]:
        return ("left", "right") if self.side == "both" else (self.side,)

    @property
    def points(self) -> int:
        return self.count * len(self.sides)


@dataclass(frozen=True)
class Refusal:
    """``piece``: the words as typed; ``names``: what it could mean."""

    piece: str
    problem: Problem
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parsed:
    answers: tuple[Item | Refusal, ...] = ()

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(answer for answer in self.answers if isinstance(answer, Item))

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        return tuple(answer for answer in self.answers if isinstance(answer, Refusal))


class _RefusedError(Exception):
    def __init__(self, problem: Problem, *names: str) -> None:
        self.problem, self.names = problem, names


def parse(line: str, vocabulary: Vocabulary) -> Parsed:
    """An answer for each piece, in order. Any text has one; a line over 500 characters or 60 points is refused."""
    if len(line) > LINE_AT_MOST:
        return Parsed((Refusal(line[:40], Problem.TOO_LONG),))
    found = Parsed(tuple(_answer(text.strip(), vocabulary) for text in pieces(line) if text.strip()))
    if sum(item.points for item in found.items) > POINTS_AT_MOST:
        return Parsed((*found.answers, Refusal(line.strip(), Problem.TOO_MANY)))
    return found


def pieces(line: str) -> list[str]:
    return re.split(r"[;\n\r]", line)


def printed(item: Item) -> str:
    """The piece in its one canonical spelling; parsing it gives the item back."""
    parts = [item.nerve.code, item.side]
    if item.count != 1 or item.volume_ml is not None:
        each = "" if item.volume_ml is None else f"{item.volume_ml.normalize():f}"
        parts.append(f"{item.count}x{each}")
    parts += [item.solution or "", _SHORT_DEPTHS[item.depth] if item.depth else ""]
    parts.append("" if item.depth_mm is None else f"{item.depth_mm}mm")
    return " ".join(filter(None, parts))


def _answer(text: str, vocabulary: Vocabulary) -> Item | Refusal:
    try:
        return _item(_Read(text, vocabulary), vocabulary)
    except _RefusedError as refused:
        return Refusal(text, refused.problem, refused.names)


class _Read:
    """The tokens of one piece, each put where it belongs."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.words: list[str] = []
        self.sides: list[str] = []
        self.amounts: list[tuple[str, str]] = []
        self.solution: str | None = None
        self.depth: str | None = None
        self.depth_mm: str | None = None
        for token in _TOKEN.finditer(text):
            self._take(token, vocabulary)

    def _take(self, token: re.Match[str], vocabulary: Vocabulary) -> None:
        if token["mm"]:
            self.depth_mm = token["mm"]
        elif token["count"]:
            self.amounts.append((token["count"], token["each"] or ""))
        elif token["volume"]:
            self.amounts.append(("1", _UNIT.sub("", token["volume"])))
        else:
            self._take_word(token["word"], vocabulary)

    def _take_word(self, word: str, vocabulary: Vocabulary) -> None:
        bare = word.strip(",.:()").casefold()
        if bare in SIDES:
            self.sides.append(SIDES[bare])
        elif bare in DEPTHS and (self.sides or self.amounts):
            self.depth = DEPTHS[bare]
        elif code := vocabulary.solution(bare):
            self.solution = code
        else:
            self.words.append(word)


def _item(read: _Read, vocabulary: Vocabulary) -> Item:
    numbers = [word for word in read.words if re.fullmatch(r"[0-9]+", word)]
    nerve = _nerve(" ".join(word for word in read.words if word not in numbers), vocabulary)
    side = _side(read.sides, nerve)
    if numbers:
        raise _RefusedError(Problem.BARE_NUMBER, numbers[0])
    count, volume = _amount(read.amounts)
    return Item(nerve, side, count, volume, read.solution, read.depth, _millimetres(read.depth_mm))


def _nerve(text: str, vocabulary: Vocabulary) -> Nerve:
    found = find(vocabulary.nerves, text)
    if len(found) == 1:
        return found[0]
    if found:
        raise _RefusedError(Problem.WHICH_NERVE, *(nerve.label for nerve in found[:NAMED_AT_MOST]))
    raise _RefusedError(Problem.UNKNOWN_NERVE if text.strip() else Problem.NO_NERVE)


def _side(said: list[str], nerve: Nerve) -> str:
    """V06. A nerve of the middle needs no word for it: there is no other side."""
    sides = list(dict.fromkeys(said))
    if len(sides) > 1:
        raise _RefusedError(Problem.TWO_SIDES, *sides)
    if not sides and nerve.laterality == "M":
        return "midline"
    if not sides:
        raise _RefusedError(Problem.NO_SIDE)
    if sides == ["midline"] and nerve.laterality == "L":
        raise _RefusedError(Problem.NO_MIDLINE)
    if sides == ["both"] and nerve.laterality == "M":
        raise _RefusedError(Problem.ONLY_MIDLINE)
    return sides[0]


def _amount(said: list[tuple[str, str]]) -> tuple[int, Decimal | None]:
    if len(said) > 1:
        raise _RefusedError(Problem.TWO_AMOUNTS)
    if not said:
        return 1, None
    count, each = said[0]
    if len(count) > len(str(POINTS_AT_MOST)) or not 1 <= int(count) <= POINTS_AT_MOST:
        raise _RefusedError(Problem.COUNT, count)
    return int(count), _volume(each) if each else None


def _volume(text: str) -> Decimal:
    """V16."""
    volume = Decimal(text.replace(",", "."))
    exponent = volume.normalize().as_tuple().exponent
    if not 0 < volume <= VOLUME_AT_MOST_ML or (isinstance(exponent, int) and exponent < -2):
        raise _RefusedError(Problem.VOLUME, text)
    return volume


def _millimetres(text: str | None) -> int | None:
    if text is None:
        return None
    if len(text) > 3 or int(text) > 200:
        raise _RefusedError(Problem.DEPTH, text)
    return int(text)


@dataclass(frozen=True)
class Completion:
    """Put ``text`` in place of the characters from ``start`` to ``end`` of the line."""

    text: str
    label: str
    start: int
    end: int


COMPLETIONS_AT_MOST = 8


def completions(line: str, caret: int, vocabulary: Vocabulary) -> list[Completion]:
    """What the piece at the caret could go on with: nerves while it has none, then a side."""
    caret = max(0, min(caret, len(line)))
    before = line[:caret]
    if len(line) > LINE_AT_MOST:
        return []
    typed = pieces(before)[-1]
    read = _Read(typed, vocabulary)
    words = " ".join(read.words)
    if read.sides or read.amounts or not words:
        return []
    start = caret - len(typed.lstrip())
    found = find(vocabulary.nerves, words)
    if len(found) == 1 and typed.endswith(" "):
        return list(_side_completions(found[0], caret))
    return [
        Completion(_shortest(nerve, vocabulary), nerve.label, start, caret) for nerve in found[:COMPLETIONS_AT_MOST]
    ]


def _side_completions(nerve: Nerve, caret: int) -> Iterator[Completion]:
    sides = {"L": ("left", "right", "both"), "M": ("midline",)}.get(
        nerve.laterality, ("left", "right", "both", "midline")
    )
    for side in sides:
        yield Completion(side, f"{nerve.label}, {side}", caret, caret)


def _shortest(nerve: Nerve, vocabulary: Vocabulary) -> str:
    """The short name, or the code where the short name is no safe word for it."""
    read = _Read(nerve.short_name, vocabulary)
    is_safe = find(vocabulary.nerves, " ".join(read.words)) == [nerve]
    return nerve.short_name if is_safe else nerve.code
