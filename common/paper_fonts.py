"""The fonts of a paper: the typesetter's own for most, Noto where a text has letters that they do not draw.

Noto is large, Chinese, Japanese and Korean above all: each set is opened when a text first needs it.
"""

import importlib.util
import json
from collections.abc import Iterable
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any

import typst


class Fonts(IntEnum):
    """Each set holds those before it. ``NONE`` draws the character."""

    OWN = 0
    SCRIPTS = 1
    HAN = 2
    NONE = 3


_PACKAGES = {Fonts.SCRIPTS: "manimgx_fonts", Fonts.HAN: "manimgx_fonts_cjk"}
_LATIN = "Libertinus Serif"
_ARABIC = "Noto Sans Arabic"
_SCRIPTS = (
    "Noto Sans",
    _ARABIC,
    *(
        f"Noto Sans {script}"
        for script in (
            *("Hebrew", "Armenian", "Georgian", "Ethiopic", "Thai", "Lao", "Khmer", "Myanmar", "Sinhala"),
            *("Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil", "Telugu", "Kannada", "Malayalam"),
            "Symbols",
        )
    ),
    "Noto Emoji",
)
_LAST = "DejaVu Sans Mono"
# One Chinese character is drawn in another way by each of these readers; the simplified ones where nobody says.
_HAN_OF = {
    "ja": "Noto Sans CJK JP",
    "ko": "Noto Sans CJK KR",
    "zh-tw": "Noto Sans CJK TC",
    "zh-hant": "Noto Sans CJK TC",
    "zh-hk": "Noto Sans CJK HK",
    "zh-mo": "Noto Sans CJK HK",
}
_HAN = "Noto Sans CJK SC"
_KANA, _HANGUL = range(0x3040, 0x3100), range(0xAC00, 0xD7B0)
_EUROPEAN = (range(0x0590), range(0x1D00, 0x2E80), range(0xA640, 0xA800), range(0xFB00, 0xFB07))
_EAST_ASIAN = (
    *(range(0x2E80, 0xA4D0), _HANGUL, range(0xF900, 0xFB00)),
    *(range(0xFE30, 0xFE50), range(0xFF00, 0xFFF0), range(0x20000, 0x40000)),
)
_TRIAL = b'#set document(title: "x")\n#set text(font: json(bytes(sys.inputs.fonts)), fallback: false)\n#sys.inputs.data'


@cache
def opened(fonts: Fonts) -> Any:
    """The set as the typesetter takes it; without a package that is not installed."""
    found = (_folder(name) for of, name in _PACKAGES.items() if of <= fonts)
    return typst.Fonts(include_system_fonts=False, font_paths=[folder for folder in found if folder])


def families(fonts: Fonts, *, language: str = "", words: Iterable[str] = ()) -> list[str]:
    """The fonts by name, the one to ask first in front. ``language``: whose Chinese characters these are."""
    known = set(opened(fonts).families())
    wanted = [_LATIN, *_SCRIPTS, _han(language, set(words)), _LAST]
    return [name for name in wanted if name in known]


def needed(characters: Iterable[str]) -> dict[str, Fonts]:
    """The smallest set that draws each of the characters."""
    found: dict[str, Fonts] = {}
    left = frozenset(characters)
    for fonts in (Fonts.OWN, Fonts.SCRIPTS, Fonts.HAN):
        asked = frozenset(one for one in left if fonts >= _earliest(ord(one)))
        drawn = asked - _missing(asked, fonts)
        found |= dict.fromkeys(drawn, fonts)
        left -= drawn
    return found | dict.fromkeys(left, Fonts.NONE)


def _earliest(code: int) -> Fonts:
    """Where to ask first: thousands of Chinese characters are not asked of fonts that have none."""
    if any(code in block for block in _EAST_ASIAN):
        return Fonts.HAN
    return Fonts.OWN if any(code in block for block in _EUROPEAN) else Fonts.SCRIPTS


_drawn: dict[Fonts, set[str]] = {fonts: set() for fonts in Fonts}
_not_drawn: dict[Fonts, set[str]] = {fonts: set() for fonts in Fonts}


def _missing(characters: frozenset[str], fonts: Fonts) -> frozenset[str]:
    """Those that the set does not draw: asked once, all together, and by halves where one of them is missing."""
    unknown = characters - _drawn[fonts] - _not_drawn[fonts]
    _ask(sorted(unknown), fonts)
    return characters & _not_drawn[fonts]


def _ask(characters: list[str], fonts: Fonts) -> None:
    if not characters:
        return
    try:
        # The first set is asked without its last font: a name in letters of one width is no sight.
        names = [_LATIN] if fonts == Fonts.OWN else families(fonts)
        _compile_trial("\n".join(characters), fonts, names)
    except typst.TypstError:
        if len(characters) == 1:
            _not_drawn[fonts].update(characters)
            return
        half = len(characters) // 2
        _ask(characters[:half], fonts)
        _ask(characters[half:], fonts)
    else:
        _drawn[fonts].update(characters)


def _compile_trial(text: str, fonts: Fonts, names: list[str]) -> None:
    typst.compile(
        _TRIAL,
        format="pdf",
        pdf_standards="ua-1",
        sys_inputs={"data": text, "fonts": json.dumps(names)},
        ignore_system_fonts=True,
        font_paths=opened(fonts),
    )


def _han(language: str, words: set[str]) -> str:
    """By the language, else by the letters beside them: kana are Japanese, hangul Korean."""
    tag = language.lower()
    if by_language := _HAN_OF.get(tag) or _HAN_OF.get(tag.split("-")[0]):
        return by_language
    codes = {ord(one) for one in words if len(one) == 1}
    if any(code in _KANA for code in codes):
        return _HAN_OF["ja"]
    if any(code in _HANGUL for code in codes):
        return _HAN_OF["ko"]
    return _HAN


def _folder(package: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None
