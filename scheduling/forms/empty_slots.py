"""A place in the calendar where nothing is yet, and what a visit there would be."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from scheduling.forms.appointments import DayField, PlaceForm
from scheduling.models import VisitType


class SlotQuery(forms.Form):
    """What was clicked: a time on the clinic's clock, in the column of a clinician or of a room."""

    day = DayField(required=False)
    time = forms.TimeField(required=False)
    clinician = forms.UUIDField(required=False)
    room = forms.UUIDField(required=False)


class SlotForm(PlaceForm):
    """The clicked place, filled in, with the type that is asked for."""

    visit_type = forms.ModelChoiceField(queryset=VisitType.objects.none(), label=_("Visit type"), empty_label=None)

    def __init__(self, data: Mapping[str, Any] | None = None, *, by: Actor, **kwargs: Any) -> None:
        super().__init__(data, by=by, **kwargs)
        types = VisitType.objects.visible_to(by).filter(is_active=True)
        self._field("visit_type").queryset = types.select_related("equipment")
        # What was refused can be asked for nowhere but on the booking page: a held time holds to the rules.
        del self.fields["is_override"], self.fields["double_reason"]
