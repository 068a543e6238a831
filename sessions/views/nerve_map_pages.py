"""The nerve map for a page: what its script needs to know, and the map drawn here for record and paper."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from catalogue.choices import FigurePart, FigureView
from sessions.choices import PointSide
from sessions.nerve_maps import Mark, NerveMaps, nerve_maps, side_words
from sessions.queries.injection_sessions import Loaded
from sessions.views.nerve_atlases import atlas_text


@dataclass
class MapPage:
    """Everything is read when it is first asked for."""

    loaded: Loaded

    @cached_property
    def drawn(self) -> NerveMaps:
        return nerve_maps(marks_of(self.loaded), self.loaded.words.atlas)

    @property
    def atlas_address(self) -> str:
        return atlas_text(self.loaded.words).address

    @property
    def parts(self) -> list[tuple[str, str]]:
        """The parts that have close-ups."""
        shown = {figure.part for figure in self.loaded.words.atlas.figures}
        return [(part.value, str(part.label)) for part in FigurePart if part in shown and part != FigurePart.BODY]

    @property
    def body_views(self) -> list[tuple[str, str]]:
        body = [figure for figure in self.loaded.words.atlas.figures if figure.part == FigurePart.BODY]
        return [(figure.view, str(FigureView(figure.view).label)) for figure in body]

    @property
    def words(self) -> dict[str, Any]:
        """What the script says; names in braces are filled in by it."""
        return {
            "sides": {"left": side_words("left"), "right": side_words("right")},
            "sideNames": {side.value: str(side.label) for side in PointSide},
            "figure": _("{figure}: numbered points"),
            "point": _("Point {number}: {words}"),
            "usual": _("Not put on the figure yet; shown at the usual place."),
            "notPut": _("not put on a figure"),
            "suggested": _("suggested: {words}"),
            "suggestedTitle": _("Suggested from last time"),
            "noPoints": _("No points yet. Tap a nerve on the figure."),
            "noNerve": _("no nerve yet"),
            "noSide": _("no side yet"),
            "noVolume": _("no volume yet"),
            "anyPlace": _("Any place"),
            "scarHere": _("Scar or field here"),
            "closer": _("Closer: {figure}"),
            "whichOne": _("Which one?"),
            "another": _("One more point here"),
            "volume": _("Change the volume"),
            "remove": _("Remove this point"),
            "added": _("Added. {point}"),
            "moved": _("Moved. {point}"),
            "removed": _("Removed. {point}"),
            "noDrawing": _(
                "The drawing could not be fetched. The list of nerves and the rows still work; try again later."
            ),
        }


def marks_of(loaded: Loaded) -> list[Mark]:
    """The stored points as the legend names them: nerve, side and volume."""
    return [
        Mark(
            number=point.number,
            nerve=fact.nerve.code,
            side=point.side,
            words=f"{fact.nerve.name}, {point.get_side_display()}, {point.volume_ml.normalize():f} mL",
            figure=point.figure_id,
            x=point.x,
            y=point.y,
        )
        for point, fact in zip(loaded.points, loaded.point_facts, strict=True)
    ]
