"""Days and times in words: an instant is always said on a clock, whose zone is named by the caller."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format

_DAY, _TIME, _SECONDS, _CLOCK = "j M Y", "j M Y H:i", "j M Y H:i:s", "H:i"


def day_words(day: date) -> str:
    """A day of the calendar, which has no zone. Raises ``TypeError`` for an instant: that has a day only in a zone."""
    if isinstance(day, datetime):
        raise TypeError("An instant has a day only in a zone.")
    return str(date_format(day, _DAY))


def local_day_words(moment: datetime, zone: ZoneInfo) -> str:
    """The day a calendar in ``zone`` shows at that instant."""
    return str(date_format(moment.astimezone(zone), _DAY))


def local_time_words(moment: datetime, zone: ZoneInfo, *, seconds: bool = False) -> str:
    """Day and time as a clock in ``zone`` shows them."""
    return str(date_format(moment.astimezone(zone), _SECONDS if seconds else _TIME))


def local_clock_words(moment: datetime, zone: ZoneInfo) -> str:
    """The time alone."""
    return str(date_format(moment.astimezone(zone), _CLOCK))


def written_time_words(local: datetime, *, seconds: bool = False) -> str:
    """Day and time that a document wrote down on its own clock. Raises ``TypeError`` for an instant."""
    return str(date_format(_written(local), _SECONDS if seconds else _TIME))


def written_clock_words(local: datetime) -> str:
    """The time alone."""
    return str(date_format(_written(local), _CLOCK))


def _written(local: datetime) -> datetime:
    if local.tzinfo is not None:
        raise TypeError("An instant is said on a clock of a zone.")
    return local
