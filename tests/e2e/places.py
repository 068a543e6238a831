"""Where a story takes place, so that it is the middle of a morning there whenever the tests run."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import phonenumbers

# About three hours apart, all around the world.
_PLACES = (
    ("NZ", "Pacific/Auckland"),
    ("JP", "Asia/Tokyo"),
    ("IN", "Asia/Kolkata"),
    ("KE", "Africa/Nairobi"),
    ("DE", "Europe/Berlin"),
    ("BR", "America/Sao_Paulo"),
    ("US", "America/Chicago"),
    ("US", "Pacific/Honolulu"),
)
_MORNING = 10.0


@dataclass(frozen=True)
class Place:
    country: str
    zone: str

    @property
    def phone(self) -> str:
        """An example number, as it is dialled in the country."""
        number = phonenumbers.example_number(self.country)
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL))


def where_it_is_morning(now: datetime) -> Place:
    """The place whose clock is nearest to ten: never before eight, never after noon."""

    def away(place: Place) -> float:
        local = now.astimezone(ZoneInfo(place.zone))
        return abs(local.hour + local.minute / 60 - _MORNING)

    return min((Place(country, zone) for country, zone in _PLACES), key=away)
