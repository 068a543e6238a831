"""The made-up clinic lies where it is the middle of the morning, whatever the hour and the season here."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import phonenumbers

from common import countries
from common.tenancy import tenant
from pitclinic.simulation.places import PLACES, place_at
from pitclinic.simulation.run import simulate
from scheduling.models import Appointment

# Both seasons: clocks are changed in different months, and in some places never.
DAYS = (datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 7, 5, tzinfo=UTC), datetime(2026, 3, 29, tzinfo=UTC))


def test_the_clinic_opens_on_a_morning_at_every_quarter_of_every_hour():
    for day in DAYS:
        for quarter in range(96):
            now = day + timedelta(minutes=15 * quarter)
            there = now.astimezone(ZoneInfo(place_at(now).zone))
            assert time(8, 40) <= there.time() <= time(11, 50), f"{now}: {there}"


def test_every_place_has_numbers_that_can_be_written_down():
    for place in PLACES:
        numbers = [phonenumbers.parse(number) for number in (place.phone, place.urgent_phone)]
        assert all(map(phonenumbers.is_valid_number, numbers)), place
        assert place.zone in countries.zones_of(place.country), place
        assert countries.emergency_number_of(place.country), place


def test_on_a_sunday_afternoon_here_the_clinic_has_begun_its_day_and_most_of_it_lies_ahead(db: None):
    now = datetime(2026, 11, 22, 16, 50, tzinfo=UTC)
    clinic = simulate(patients=40, seed=1, months=6, word="sunday", name="Sunday Clinic", now=now).clinic
    there = now.astimezone(ZoneInfo(clinic.zone))
    midnight = there.replace(hour=0, minute=0)

    with tenant(clinic.pk, actor="test"):
        today = Appointment.objects.filter(starts_at__range=(midnight, midnight + timedelta(days=1)))
        begun, ahead = today.filter(starts_at__lte=now), today.filter(starts_at__gt=now)

        assert ahead.count() > begun.count() > 0
        assert ahead.filter(status__in=["booked", "confirmed"]).exists()
