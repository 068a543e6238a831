"""Slots are handed out once and lie in the clinic's working hours."""

from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from pitclinic.simulation.calendar_grid import SLOTS, STARTS, Grid

ZONE = ZoneInfo("Europe/Berlin")
# From a Monday; the clocks go forward on Sunday 29 March 2026.
FIRST = date(2026, 3, 16)


def grid(today: date = FIRST) -> Grid:
    return Grid(first=FIRST, days=28, clinicians=2, zone=ZONE, today=today)


def test_a_day_gives_each_slot_once_and_then_the_next_day():
    book, rng = grid(), Random(1)
    taken = [book.take(rng, day=0, clinician=0) for _n in range(2 * SLOTS + 1)]
    places = {(slot.day, slot.clinician, slot.number) for slot in taken if slot}
    assert len(places) == 2 * SLOTS + 1
    assert [slot.day for slot in taken if slot].count(0) == 2 * SLOTS


def test_two_neighbours_never_span_the_lunch_break():
    book, rng = grid(), Random(2)
    for _n in range(12):
        slot = book.take(rng, day=0, clinician=0, slots=2)
        assert slot is not None
        assert slot.number not in (6, SLOTS - 1)


def test_slots_begin_by_the_wall_clock_on_both_sides_of_a_clock_change():
    book, rng = grid(), Random(3)
    for day in (11, 14):  # the Friday before and the Monday after
        slot = book.take(rng, day=day, clinician=0)
        assert slot is not None
        start = datetime.fromtimestamp(slot.starts, ZONE)
        assert start.date() == FIRST + timedelta(day)
        assert 8 <= start.hour <= 17
        assert start.hour * 60 + start.minute in STARTS


def test_weekends_are_closed_except_today():
    saturday = FIRST + timedelta(5)
    assert grid().free_on(5) == 0
    assert grid(today=saturday).free_on(5) == 2 * SLOTS
