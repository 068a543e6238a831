"""The data of the nerve map under an address of its own: the same for every session until the catalogue changes."""

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from weakref import WeakKeyDictionary

from django.http import HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest
from catalogue.atlas import Figure
from catalogue.choices import FigureView
from common.middleware import KeptResponse
from sessions.queries.words import Words, words


@dataclass(frozen=True)
class AtlasText:
    """``address`` names the content, so that a browser which has it need not ask again."""

    text: str
    digest: str

    @property
    def address(self) -> str:
        return f"{reverse('sessions:nerve_atlas')}?{self.digest}"


# Of a state of the catalogue, by language.
_TEXTS: WeakKeyDictionary[Words, dict[str, AtlasText]] = WeakKeyDictionary()


def atlas_text(known: Words) -> AtlasText:
    own, language = _TEXTS.setdefault(known, {}), get_language() or ""
    if language not in own:
        text = json.dumps(atlas_data(known), ensure_ascii=False, separators=(",", ":"))
        own[language] = AtlasText(text, sha256(text.encode()).hexdigest()[:16])
    return own[language]


def atlas_data(known: Words) -> dict[str, Any]:
    """What the script of the map reads: figures, where each nerve is met on them, and its region."""
    return {
        "figures": [_figure(figure) for figure in known.atlas.figures],
        "anchors": known.places,
        "regions": known.first_regions,
    }


@staff(Act.LOG_SESSIONS)
def nerve_atlas(request: StaffRequest) -> HttpResponse:
    """The atlas as it is now; kept by the browser when this is what it asked for by name."""
    atlas = atlas_text(words())
    response = KeptResponse if request.META["QUERY_STRING"] == atlas.digest else HttpResponse
    return response(atlas.text, content_type="application/json")


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "code": figure.code,
        "name": figure.name,
        "part": figure.part,
        "view": figure.view,
        "viewName": str(FigureView(figure.view).label),
        "width": figure.width,
        "height": figure.height,
        "left": figure.left_half,
        "right": figure.right_half,
        "url": static(f"figures/{figure.code}.svg"),
    }
