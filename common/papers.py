"""A paper: tagged PDF (PDF/UA-1) from plain data. Text is passed beside the layout, never put into it.

What comes in is only ever shown: no text can become a command of the typesetter, read a file or reach a network.
"""

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, ClassVar

import typst

from common.own_direction import isolated as isolated
from common.paper_fonts import Fonts, families, needed, opened

_LAYOUT = Path(__file__).with_name("typst") / "paper.typ"


@dataclass(frozen=True)
class Heading:
    text: str
    kind: ClassVar[str] = "heading"


@dataclass(frozen=True)
class Words:
    """A paragraph; a line break stays one."""

    text: str
    kind: ClassVar[str] = "words"


@dataclass(frozen=True)
class Notice:
    """What must not be overlooked, in a frame."""

    text: str
    kind: ClassVar[str] = "notice"


@dataclass(frozen=True)
class Facts:
    """(name, value) pairs."""

    rows: tuple[tuple[str, str], ...]
    kind: ClassVar[str] = "facts"


@dataclass(frozen=True)
class Items:
    rows: tuple[str, ...]
    kind: ClassVar[str] = "items"


@dataclass(frozen=True)
class Column:
    name: str
    is_number: bool = False
    is_wide: bool = False


@dataclass(frozen=True)
class Table:
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    kind: ClassVar[str] = "table"


@dataclass(frozen=True)
class Drawing:
    """``svg``: a whole SVG document; ``alt``: what it shows, for who cannot see it. At most 200 mm fit on a page."""

    svg: str
    alt: str
    caption: str
    height_mm: float = 85
    kind: ClassVar[str] = "drawing"


Block = Heading | Words | Notice | Facts | Items | Table | Drawing


@dataclass(frozen=True)
class Letterhead:
    """Whose paper it is. ``lines``: address and phone; ``logo``: a PNG."""

    name: str
    lines: tuple[str, ...] = ()
    logo: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, kw_only=True)
class Paper:
    """``foot`` stands on every page; ``page_word`` holds ``{n}`` and ``{m}``; ``watermark`` lies across each page.

    ``reader_language``: which way a Chinese character is drawn, where the same one has several.
    """

    title: str
    head: Letterhead
    lang: str
    reader_language: str = ""
    is_letter_size: bool = False
    foot: tuple[str, ...]
    page_word: str
    made_at: datetime
    watermark: str = ""
    blocks: tuple[Block, ...] = field(default=())


def pdf(paper: Paper) -> bytes:
    """Set the paper as PDF/UA-1: tagged, with its language and title. The same paper gives the same bytes.

    A character that no font can draw is printed as its code point, e.g. ``[U+1C5A]``: never as an empty box.
    """
    words = {character for text in _texts(_as_data(paper)) for character in text}
    sets = needed(one for one in words if not _is_plain(one) and not _needs_neighbours(one))
    missing = {one for one, fonts in sets.items() if fonts == Fonts.NONE}
    fonts = max((fonts for fonts in sets.values() if fonts != Fonts.NONE), default=Fonts.OWN)
    try:
        return _laid_out(paper, fonts, words, missing)
    except typst.TypstError:
        # A mark or a joiner that only beside its neighbours turned out to have no drawing.
        pass
    try:
        return _laid_out(paper, Fonts.HAN, words, missing)
    except typst.TypstError:
        return _laid_out(paper, fonts, words, missing | set(filter(_needs_neighbours, words)))


def _laid_out(paper: Paper, fonts: Fonts, words: set[str], missing: set[str]) -> bytes:
    shown = _replaced(_as_data(paper), {character: f"[U+{ord(character):04X}]" for character in missing})
    shown["fonts"] = families(fonts, language=paper.reader_language, words=words)
    inputs = {"data": json.dumps(shown), "logo": json.dumps(list(paper.head.logo))}
    made: Any = typst.compile(
        _LAYOUT.read_bytes(),
        format="pdf",
        pdf_standards="ua-1",
        sys_inputs=inputs,
        ignore_system_fonts=True,
        font_paths=opened(fonts),
        timestamp=int(paper.made_at.timestamp()),
    )
    return bytes(made)


def _as_data(paper: Paper) -> dict[str, Any]:
    day: date = paper.made_at.date()
    return {
        "title": paper.title,
        "head": {"name": paper.head.name, "lines": list(paper.head.lines)},
        "lang": paper.lang,
        "size": "us-letter" if paper.is_letter_size else "a4",
        "foot": [{"text": line} for line in paper.foot],
        "page_word": paper.page_word,
        "watermark": paper.watermark,
        "made_on": {"year": day.year, "month": day.month, "day": day.day},
        "blocks": [{"kind": block.kind, **asdict(block)} for block in paper.blocks],
    }


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from _texts(value)
    elif isinstance(data, (list, tuple)):
        for value in data:
            yield from _texts(value)


def _replaced(data: Any, by: dict[str, str]) -> Any:
    """The same data with characters that cannot be drawn spelt out; control characters and odd spaces as blanks."""
    if isinstance(data, str):
        return "".join(by.get(one, " " if _is_control(one) or _is_odd_space(one) else one) for one in data)
    if isinstance(data, dict):
        return {key: _replaced(value, by) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_replaced(value, by) for value in data]
    return data


def _is_control(character: str) -> bool:
    return character != "\n" and unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn"}


def _is_odd_space(character: str) -> bool:
    """A space, or the end of a line or paragraph, that a font may not know."""
    return not character.isascii() and character != "\u00a0" and unicodedata.category(character) in {"Zs", "Zl", "Zp"}


def _is_plain(character: str) -> bool:
    return character.isascii() or _is_control(character) or _is_odd_space(character)


def _needs_neighbours(character: str) -> bool:
    """Marks and joiners are drawn on or between others; alone they prove nothing."""
    return unicodedata.category(character) in {"Mn", "Me", "Cf"}
