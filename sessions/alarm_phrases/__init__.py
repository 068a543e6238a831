"""The plain sentences of danger by language, read from the files beside, and how words are read. Pure.

Words are read in small letters without accents and apostrophes. Between two words stands a space, or a comma where one
was written; a full stop ends the sentence. So a phrase may cross a comma, while a denial may not.
"""

import json
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

FAMILIES = ("western", "eastern", "southern")
NEVER_DENIED = frozenset({"bladder"})  # “no control of the bladder” is the sign itself
BEFORE, AFTER = 60, 20  # letters around a phrase in which it may be denied
_FOLDER = Path(__file__).parent
_WORD, _APART = "[^ .,]+", "[ ,]"
_ANY = "\0"  # stands for a word until the spaces of a phrase have become what parts words
# Letters that no decomposition makes alike, as people type them on another keyboard.
_ALIKE = str.maketrans(dict(zip("łđøæıðکیىہھةۀ", ["l", "d", "o", "ae", "i", "d", *"كييهههه"], strict=True)))
# “no fever or chest pain” denies both.
_ORS = "(?:or|nor|oder|noch|ou|ni|o|ani|lub|of|nem|ili|или|يا|او)"


@dataclass(frozen=True)
class Phrases:
    """The patterns of one language, by the value of the sign, and what denies them."""

    signs: Mapping[str, re.Pattern[str]]
    denied_before: re.Pattern[str]
    denied_after: re.Pattern[str]
    is_unspaced: bool = False
    never_denied: frozenset[str] = frozenset()


def fold(text: str) -> str:
    """Return the words as they are compared.

    >>> fold("Ich kann NICHT atmen! Über-müde, très fatigué…")
    'ich kann nicht atmen . uber mude,tres fatigue . '
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(_letter(letter) for letter in apart)
    joined = unicodedata.normalize("NFC", letters).translate(_ALIKE)
    joined = re.sub(r" *(?:, *)+", ",", re.sub(r" +", " ", joined))
    return re.sub(r"[ ,]*\.[ .,]*", " . ", joined).lstrip(" ,")


def _letter(letter: str) -> str:
    if letter in ",،、":
        return ","
    if letter in ".!?;:\n\r؟؛।॥。…":
        return "."
    kind = unicodedata.category(letter)
    if kind == "Cf" or letter in "'’ʼ`´" or unicodedata.combining(letter):
        return ""
    return letter if kind[0] in "LMN" else " "


def of_patterns(signs: Mapping[str, Sequence[str]], denials: Sequence[str]) -> Phrases:
    """Phrases written as patterns, in folded words with one space between them."""
    return Phrases(
        signs={sign: _whole(many) for sign, many in signs.items()},
        denied_before=_denied_before(denials),
        denied_after=re.compile(r"(?!)"),
    )


@lru_cache
def load() -> list[Phrases]:
    """Every language of the files."""
    return [_of(rows) for rows in _languages().values()]


@lru_cache
def _languages() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for family in FAMILIES:
        found |= tomllib.loads((_FOLDER / f"{family}.toml").read_text(encoding="utf-8"))
    return found


LANGUAGES = frozenset(_languages()) | {"bs", "nn", "no"}  # Bosnian is read as Croatian and Serbian, Nynorsk as Bokmål


def scripts_of(text: str) -> set[str]:
    """The scripts of the letters, by the first word of their names in Unicode."""
    return {re.split("[ -]", unicodedata.name(letter, ""))[0] for letter in fold(text) if letter.isalpha()}


@lru_cache
def scripts() -> set[str]:
    """Every script the lists know."""
    return {"KATAKANA"} | scripts_of(json.dumps(_languages(), ensure_ascii=False))


def is_calm(clause: str) -> bool:
    """Whether a folded clause tells of nothing: “all is well” or “no fever or rash”, as the list has it."""
    return bool(_calm().fullmatch(clause))


@lru_cache
def _calm() -> re.Pattern[str]:
    rows = tomllib.loads((_FOLDER / "all_clear.toml").read_text(encoding="utf-8")).values()
    return re.compile("|".join(_calm_in(row) for row in rows))


def _calm_in(row: Mapping[str, Sequence[str]]) -> str:
    fine, denials, harms, ors = (
        "(?:" + "|".join(re.escape(fold(one).strip()) for one in row[name]) + ")"
        for name in ("fine", "not", "harm", "or")
    )
    return f"{fine}|{denials} {harms}(?: {ors} (?:{denials} )?{harms})*" if row["not"] else fine


def plain_phrases() -> dict[str, list[tuple[str, str]]]:
    """By language: each sign with a phrase as somebody would write it, the first of its words and no gap."""
    return {
        language: [(sign, _spoken(one)) for sign, many in rows.items() if isinstance(many, list) for one in many]
        for language, rows in _languages().items()
    }


def _spoken(phrase: str) -> str:
    words = phrase.replace("…", " ").split()
    return " ".join(word.split("/")[0].rstrip("*") for word in words)


def _of(rows: Mapping[str, Any]) -> Phrases:
    is_unspaced = bool(rows.get("unspaced"))
    signs = {sign: many for sign, many in rows.items() if isinstance(many, list)}
    before, after = (str(rows.get(name, "")).split() for name in ("not_before", "not_after"))
    if is_unspaced:
        return Phrases(
            signs={sign: re.compile("|".join(map(_unspaced, many))) for sign, many in signs.items()},
            denied_before=_one_of(before, "(?:%s)$"),
            denied_after=_one_of(after, "[^.,]{0,3}?(?:%s)"),
            is_unspaced=True,
            never_denied=NEVER_DENIED,
        )
    return Phrases(
        signs={sign: _whole([_spaced(one) for one in many]) for sign, many in signs.items()},
        denied_before=_denied_before(before),
        denied_after=_one_of(after, r" (?:%s)(?![^ .,])"),
        never_denied=NEVER_DENIED,
    )


def _one_of(words: Sequence[str], pattern: str) -> re.Pattern[str]:
    return re.compile(pattern % "|".join(re.escape(fold(word).strip()) for word in words) if words else r"(?!)")


def _denied_before(words: Sequence[str]) -> re.Pattern[str]:
    """A denial at most one word before, and one more after an “or”; neither a comma nor a full stop between."""
    return _one_of(words, rf"(?<![^ .,])(?:%s) (?:{_WORD} )?(?:{_WORD} {_ORS} |{_ORS} )?$")


def _whole(patterns: Iterable[str]) -> re.Pattern[str]:
    inner = "|".join(patterns).replace(" ", _APART).replace(_ANY, _WORD).translate(_ALIKE)
    return re.compile(rf"(?<![^ .,])(?:{inner})(?![^ .,])")


def _spaced(phrase: str) -> str:
    parts = (f"(?:{_ANY} ){{0,3}}" if word == "…" else f"{_one_ending_of(word)} " for word in phrase.split())
    return "".join(parts).removesuffix(" ")


def _one_ending_of(words: str) -> str:
    return "(?:" + "|".join(_ending(one) for one in words.split("/")) + ")"


def _ending(word: str) -> str:
    folded = re.escape(fold(word.rstrip("*")).strip())
    return f"{folded}[^.,\\s]*" if word.endswith("*") else folded


def _unspaced(phrase: str) -> str:
    return "[^.,]{0,14}?".join(re.escape(fold(part).replace(" ", "").strip()) for part in phrase.split("…"))
