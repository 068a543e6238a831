"""A pain score as eleven buttons or as one cell, and the times scores were asked at."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from common.wall_clock import instant

PAIN = [("", _("not asked")), *((str(score), str(score)) for score in range(11))]
_RANGE = _("A pain score is a whole number from 0 to 10.")


class PainField(forms.TypedChoiceField):
    """V01: a whole number from 0 to 10, or not asked."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=PAIN, coerce=int, empty_value=None, required=False, widget=forms.RadioSelect, **kwargs)


class PainCell(forms.IntegerField):
    """V01 in a cell of a table; a script opens the eleven buttons for it."""

    def __init__(self, **kwargs: Any) -> None:
        messages = {"invalid": _RANGE, "min_value": _RANGE, "max_value": _RANGE}
        super().__init__(min_value=0, max_value=10, required=False, error_messages=messages, **kwargs)


class ClockField(forms.TimeField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        super().__init__(required=False, widget=widget, **kwargs)


def clock(at: datetime | None, zone: ZoneInfo) -> str | None:
    """The instant as the page shows it."""
    return at.astimezone(zone).strftime("%H:%M") if at else None


def moment_of(
    typed: time | None,
    *,
    day: date,
    zone: ZoneInfo,
    kept: datetime | None = None,
    shown: datetime | None = None,
    since: datetime | None = None,
    now: datetime | None = None,
) -> datetime | None:
    """The instant of a typed time. The stored one stays while the clock still shows it, or shows that of the score it
    was shown for, so that looking at the page changes nothing.

    A time that would lie half a day before the session began (``since``) is of the day after, where that was already:
    it went past midnight.
    """
    if typed is None:
        return None
    if kept is not None and typed.strftime("%H:%M") in (clock(kept, zone), clock(shown, zone)):
        return kept
    found = instant(day, typed, zone)
    next_day = instant(day + timedelta(days=1), typed, zone)
    is_past = now is None or next_day <= now
    return next_day if since is not None and is_past and found < since - timedelta(hours=12) else found
