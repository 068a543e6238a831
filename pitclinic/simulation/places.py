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
    """``address``: a street that nobody lives in, in the city of the zone."""

    country: str
    zone: str
    phone: str
    urgent_phone: str
    address: str


_LONDON = ("+442079460100", "+442079460101")
PLACES = (
    Place("DE", "Europe/Berlin", "+493023125000", "+493023125001", "Musterweg 1\n10115 Berlin"),
    Place("GB", "Europe/London", *_LONDON, "1 Sample Street\nLondon SW1A 0AA"),
    Place("PT", "Atlantic/Azores", *_LONDON, "Rua do Exemplo 1\n9500-000 Ponta Delgada"),
    Place("BR", "America/Noronha", *_LONDON, "Rua do Exemplo 1\n53990-000 Fernando de Noronha"),
    Place("CA", "America/St_Johns", "+17095550100", "+17095550101", "1 Sample Street\nSt. John's NL A1A 0A0"),
    Place("US", "America/New_York", "+12125550100", "+12125550101", "1 Sample Street\nNew York, NY 10001"),
    Place("US", "America/Denver", "+13035550100", "+13035550101", "1 Sample Street\nDenver, CO 80202"),
    Place("US", "America/Los_Angeles", "+12135550100", "+12135550101", "1 Sample Street\nLos Angeles, CA 90012"),
    Place("US", "Pacific/Honolulu", "+18085550100", "+18085550101", "1 Sample Street\nHonolulu, HI 96813"),
    Place("NZ", "Pacific/Auckland", *_LONDON, "1 Sample Street\nAuckland 1010"),
    Place("AU", "Australia/Sydney", "+61255500100", "+61255500101", "1 Sample Street\nSydney NSW 2000"),
    Place("AU", "Australia/Perth", "+61855500100", "+61855500101", "1 Sample Street\nPerth WA 6000"),
    Place("BD", "Asia/Dhaka", *_LONDON, "1 Sample Street\nDhaka 1000"),
    Place("AE", "Asia/Dubai", *_LONDON, "1 Sample Street\nDubai"),
)


def place_at(now: datetime) -> Place:
    """The place whose clock is nearest to the middle of the morning; of two as near, the first of the list."""
    return min(PLACES, key=lambda place: _from_mid_morning(now.astimezone(ZoneInfo(place.zone))))


def _from_mid_morning(there: datetime) -> timedelta:
    gap = abs(datetime.combine(there.date(), there.time()) - datetime.combine(there.date(), MID_MORNING))
    return min(gap, DAY - gap)
