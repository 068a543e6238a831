"""What a new clinic has set up, and whether anybody could be booked with it."""

from dataclasses import dataclass, fields
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q

from accounts.actors import Actor
from accounts.models import Clinic, Membership, OnCallPerson
from common.wall_clock import local_day
from scheduling.models import AvailabilityBlock, Room, VisitType
from scheduling.queries.free_times import free_times

DAYS_AHEAD = 14  # [DEF] who works weekly is free once in that time


@dataclass(frozen=True)
class Steps:
    """Each step, done or not."""

    has_details: bool
    has_people: bool
    has_on_call: bool
    has_rooms: bool
    has_visit_types: bool
    has_hours: bool

    @property
    def can_be_booked(self) -> bool:
        return all((self.has_details, self.has_people, self.has_rooms, self.has_visit_types, self.has_hours))

    @property
    def is_complete(self) -> bool:
        return self.can_be_booked and self.has_on_call


@dataclass(frozen=True)
class Bookable:
    """The first day with free times, and how many there are on it."""

    day: date
    count: int


def steps(by: Actor, *, now: datetime) -> Steps:
    """One query."""
    own = {"clinic_id": OuterRef("pk")}
    hours = AvailabilityBlock.objects.filter(**own).exclude(valid_until_date__lt=local_day(now, by.zone))
    row = (
        Clinic.objects.filter(pk=by.clinic_id)
        .annotate(
            has_details=~Q(name="") & ~Q(phone="") & ~Q(urgent_phone=""),
            has_people=Exists(Membership.objects.filter(**own).clinicians()),
            has_on_call=Exists(OnCallPerson.objects.filter(**own).able()),
            has_rooms=Exists(Room.objects.for_visits().filter(**own)),
            has_visit_types=Exists(VisitType.objects.filter(**own, is_active=True)),
            has_hours=Exists(hours),
        )
        .values(*(field.name for field in fields(Steps)))
        .get()
    )
    return Steps(**row)


def first_bookable(by: Actor, *, now: datetime) -> Bookable | None:
    """The first day of the next two weeks on which somebody could be booked for the shortest treatment."""
    visit_types = VisitType.objects.visible_to(by).filter(is_active=True)
    visit_type = visit_types.order_by("-is_treatment", "duration_minutes", "name").first()
    if visit_type is None:
        return None
    clinicians = list(Membership.objects.visible_to(by).clinicians())
    today = local_day(now, by.zone)
    found = free_times(by=by, clinicians=clinicians, visit_type=visit_type, first_day=today, days=DAYS_AHEAD, now=now)
    if not found:
        return None
    day = local_day(found[0].starts_at, by.zone)
    return Bookable(day=day, count=sum(local_day(free.starts_at, by.zone) == day for free in found))
