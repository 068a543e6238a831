"""Where the made-up clinic lies: a place where it is the middle of the morning now, so that its day lies mostly ahead.

Phones come from ranges kept for fiction; where a country keeps none, from London's.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

# Some visits are done, some people are in the rooms, and the better part of the day is to come.
MID_MORNING = time(10, 15)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Place:
    zone: str
    phone: str
    urgent_phone: str
    emergency_number: str


_AMERICAN, _AUSTRALIAN = "911", "000"
_LONDON = ("+442079460100", "+442079460101")
PLACES = (
    Place("Europe/Berlin", "+493023125000", "+493023125001", "112"),
    Place("Europe/London", *_LONDON, "999"),
    Place("Atlantic/Azores", *_LONDON, "112"),
    Place("America/Noronha", *_LONDON, "192"),
    Place("America/St_Johns", "+17095550100", "+17095550101", _AMERICAN),
    Place("America/New_York", "+12125550100", "+12125550101", _AMERICAN),
    Place("America/Denver", "+13035550100", "+13035550101", _AMERICAN),
    Place("America/Los_Angeles", "+12135550100", "+12135550101", _AMERICAN),
    Place("Pacific/Honolulu", "+18085550100", "+18085550101", _AMERICAN),
    Place("Pacific/Auckland", *_LONDON, "111"),
    Place("Australia/Sydney", "+61255500100", "+61255500101", _AUSTRALIAN),
    Place("Australia/Perth", "+61855500100", "+61855500101", _AUSTRALIAN),
    Place("Asia/Dhaka", *_LONDON, "999"),
    Place("Asia/Dubai", *_LONDON, "999"),
)


def place_at(now: datetime) -> Place:
    """The place whose clock is nearest to the middle of the morning; of two as near, the first of the list."""
    return min(PLACES, key=lambda place: _from_mid_morning(now.astimezone(ZoneInfo(place.zone))))


def _from_mid_morning(there: datetime) -> timedelta:
    gap = abs(datetime.combine(there.date(), there.time()) - datetime.combine(there.date(), MID_MORNING))
    return min(gap, DAY - gap)
