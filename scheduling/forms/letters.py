"""Which letter is to be shown: the news, and the time that is tapped or typed so far."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from common.wall_clock import instant, is_shown
from scheduling.choices import News
from scheduling.forms.appointments import TYPED, DayField


class LetterQuery(forms.Form):
    """``moments``: the times to show, none as long as none is chosen. Several ``chosen`` stand for several visits."""

    news = forms.ChoiceField(choices=News, required=False)
    chosen = forms.CharField(max_length=120, required=False)
    day = DayField(required=False)
    time = forms.TimeField(required=False)
    was = forms.CharField(max_length=40, required=False)  # the time before a move

    @property
    def was_starts_at(self) -> dt.datetime | None:
        return _moment(self.cleaned_data.get("was", ""))

    def moments(self, zone: ZoneInfo) -> list[dt.datetime]:
        """Call it once the form was read, valid or not."""
        data: Any = self.data
        tapped = data.getlist("chosen") if hasattr(data, "getlist") else [data.get("chosen", "")]
        found = [_moment(text) for text in tapped if text and text != TYPED]
        day, at = self.cleaned_data.get("day"), self.cleaned_data.get("time")
        if not found and day and at and is_shown(day, at, zone):
            found = [instant(day, at, zone)]
        return [moment for moment in found if moment is not None]


def _moment(text: str) -> dt.datetime | None:
    """The time in ``FreeTime.key``."""
    try:
        moment = dt.datetime.fromisoformat(text.partition("/")[0])
    except ValueError:
        return None
    return moment if moment.tzinfo else None
