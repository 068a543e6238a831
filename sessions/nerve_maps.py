"""The nerve map drawn without a browser: numbered points on the figures and the words of each, for record and paper.

``nerve_maps(marks, atlas)`` gives one drawing for each figure that has points on it. A drawing is SVG text that needs
no script and no style sheet: lines take the colour of the text around them (black on paper).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from catalogue.atlas import Atlas, Figure

DRAWINGS = Path(__file__).resolve().parent.parent / "static" / "figures"
RADIUS = 12


@dataclass(frozen=True)
class Mark:
    """One point: ``words`` is what the legend says of it; without a figure it is drawn where its nerve usually lies."""

    number: int
    nerve: str
    side: str
    words: str
    figure: str | None = None
    x: int | None = None
    y: int | None = None


@dataclass(frozen=True)
class Spot:
    """A mark on a figure; ``is_usual``: nobody put it there, it stands at the usual place of its nerve."""

    mark: Mark
    x: int
    y: int
    is_usual: bool


@dataclass(frozen=True)
class NerveMap:
    """One figure with the points on it; ``spots`` are the rows of its legend, by number."""

    figure: Figure
    spots: tuple[Spot, ...]

    @property
    def svg(self) -> SafeString:
        return draw(self.figure, self.spots)


@dataclass(frozen=True)
class NerveMaps:
    """``elsewhere``: points of no nerve that were put on no figure."""

    maps: tuple[NerveMap, ...]
    elsewhere: tuple[Mark, ...]


def nerve_maps(marks: Sequence[Mark], atlas: Atlas) -> NerveMaps:
    on: dict[str, list[Spot]] = {}
    elsewhere: list[Mark] = []
    for mark in marks:
        found = _place(mark, atlas)
        if found is None:
            elsewhere.append(mark)
        else:
            figure, x, y = found
            on.setdefault(figure, []).append(Spot(mark, x, y, is_usual=mark.figure is None))
    maps = (NerveMap(f, tuple(_apart(f, on[f.code]))) for f in atlas.figures if f.code in on)
    return NerveMaps(tuple(maps), tuple(elsewhere))


def _place(mark: Mark, atlas: Atlas) -> tuple[str, int, int] | None:
    if mark.figure is not None and mark.x is not None and mark.y is not None:
        return mark.figure, mark.x, mark.y
    usual = atlas.first_place(mark.nerve, mark.side)
    return (usual.figure, usual.x, usual.y) if usual else None


def _apart(figure: Figure, spots: Iterable[Spot]) -> Iterable[Spot]:
    """Points on the same spot side by side, so that every number can be read."""
    seen: dict[tuple[int, int], int] = {}
    for spot in spots:
        number = seen.get((spot.x, spot.y), 0)
        seen[spot.x, spot.y] = number + 1
        x, y = figure.spread(spot.x, spot.y, number)
        yield Spot(spot.mark, x, y, spot.is_usual)


@lru_cache(maxsize=64)
def _file(code: str) -> str:
    return (DRAWINGS / f"{code}.svg").read_text(encoding="utf-8")


def side_words(side: str) -> str:
    return _("your patient’s LEFT") if side == "left" else _("your patient’s RIGHT")


def draw(figure: Figure, spots: Iterable[Spot]) -> SafeString:
    """The figure as SVG text with its sides in words and the numbered points."""
    text = re.sub(
        r'(<text class="nm-side" data-side="(left|right)"[^>]*>)[^<]*',
        lambda found: found[1] + escape(side_words(found[2])),
        _file(figure.code),
    )
    spots = list(spots)
    label = escape(_("%(figure)s with %(count)s numbered points") % {"figure": figure.name, "count": len(spots)})
    text = text.replace("<svg ", f'<svg class="nerve-map" role="img" aria-label="{label}" ', 1)
    # Our own file; every word and number put into it above is escaped.
    return mark_safe(text.replace("</svg>", "".join(map(_marker, spots)) + "</svg>"))  # noqa: S308  see the line above


def _marker(spot: Spot) -> str:
    dashes = ' stroke-dasharray="3 2.5"' if spot.is_usual else ""
    kind = "nm-point nm-usual" if spot.is_usual else "nm-point"
    return (
        f'<g class="{kind}" data-number="{spot.mark.number}" data-side="{escape(spot.mark.side)}">'
        f'<circle cx="{spot.x}" cy="{spot.y}" r="{RADIUS}" fill="white" stroke="currentColor" stroke-width="2"'
        f"{dashes}/>"
        f'<text x="{spot.x}" y="{spot.y + 5}" text-anchor="middle" font-size="14" font-weight="700"'
        f' fill="currentColor">{spot.mark.number}</text></g>'
    )
