"""The files of the nerve map: one SVG for each figure, the list of figures, and the list of anchors."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from catalogue.figures import head, lower_limb, upper_limb, whole_body
from catalogue.figures.anchors import anchors_of
from catalogue.figures.sheets import Sheet, svg

SHEETS: tuple[Sheet, ...] = (*whole_body.SHEETS, *head.SHEETS, *upper_limb.SHEETS, *lower_limb.SHEETS)
FIGURES, ANCHORS, DRAWINGS = "catalogue/data/nerve_figures.json", "catalogue/data/nerve_anchors.json", "static/figures"


def files() -> Iterator[tuple[str, str]]:
    """Path from the root of the code, and what the file holds."""
    for sheet in SHEETS:
        yield f"{DRAWINGS}/{sheet.file_code}.svg", svg(sheet)
    yield FIGURES, _rows(_figures())
    yield ANCHORS, _rows(sorted(_anchors(), key=lambda row: row["code"]))


def _figures() -> Iterator[dict[str, Any]]:
    for position, sheet in enumerate(SHEETS, start=1):
        yield {
            "code": sheet.file_code,
            "name": sheet.name,
            "part": sheet.part,
            "view": sheet.view,
            "version": sheet.version,
            "width": sheet.width,
            "height": sheet.height,
            "left_half": sheet.halves[0],
            "right_half": sheet.halves[1],
            "position": position,
            "source_mark": "[DEF]",
        }


def _anchors() -> Iterator[dict[str, Any]]:
    for sheet in SHEETS:
        counts: dict[tuple[str, str], int] = {}
        for anchor in anchors_of(sheet):
            key = (anchor.nerve, anchor.side)
            counts[key] = counts.get(key, 0) + 1
            yield {
                "code": f"{sheet.file_code}.{anchor.nerve}.{anchor.side}.{counts[key]}",
                "figure": sheet.file_code,
                "nerve": anchor.nerve,
                "side": anchor.side,
                "x": anchor.x,
                "y": anchor.y,
                "source_mark": "[GK]",
            }


def _rows(rows: Iterable[dict[str, Any]]) -> str:
    return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n"
