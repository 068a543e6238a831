"""Where the made-up clinic lies: a place where it is working hours now, so that its day is half done, half ahead.

Phones come from ranges kept for fiction.
"""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

OPENS, CLOSES = time(8, 30), time(17, 0)


@dataclass(frozen=True)
class Place:
    zone: str
    phone: str
    urgent_phone: str
    emergency_number: str


PLACES = (
    Place("Europe/Berlin", "+493023125000", "+493023125001", "112"),
    Place("America/New_York", "+12125550100", "+12125550101", "911"),
    Place("America/Los_Angeles", "+12135550100", "+12135550101", "911"),
    Place("Australia/Sydney", "+61255500100", "+61255500101", "000"),
)


def place_at(now: datetime) -> Place:
    """The first place that is at work; the first of all when none is."""
    working = (place for place in PLACES if OPENS <= now.astimezone(ZoneInfo(place.zone)).time() <= CLOSES)
    return next(working, PLACES[0])
