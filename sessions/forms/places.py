"""Where a point was put on the nerve map: a figure and a place on it, all or nothing, on the half of its side."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.atlas import Figure

_HIDDEN = forms.HiddenInput


class PlaceForm(forms.Form):
    figure = forms.CharField(required=False, max_length=64, widget=_HIDDEN, empty_value=None)
    x = forms.IntegerField(required=False, min_value=0, max_value=1000, widget=_HIDDEN)
    y = forms.IntegerField(required=False, min_value=0, max_value=1000, widget=_HIDDEN)

    def __init__(self, *args: Any, figures: dict[str, Figure], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = figures

    def check_place(self, typed: dict[str, Any]) -> None:
        """A place that cannot be is told once, beside the row; the row itself stays as typed."""
        given = [typed.get(name) for name in ("figure", "x", "y")]
        if all(value is None for value in given) and not any(name in self.errors for name in ("x", "y")):
            return
        figure = self.known.get(typed.get("figure") or "")
        x, y = typed.get("x"), typed.get("y")
        if figure is None or x is None or y is None or not figure.holds(x, y):
            self.add_error("figure", _("This place is on no figure. Put the point on the map again."))
        elif typed.get("side") and not figure.shows(typed["side"], x):
            self.add_error("figure", _("On the figure this point is on the other side. Put it on the map again."))
