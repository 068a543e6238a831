"""The clinic itself: its people, rooms, visit types, hours and lots."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import product
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from accounts.choices import Role
from accounts.models import Clinic, Membership, OnCallPerson, User
from common import countries
from patients.models import LastClinicNumber
from pitclinic.simulation.calendar_grid import AFTERNOON, MORNING
from pitclinic.simulation.names import DESK_NAMES, OTHER_STAFF, STAFF_NAMES
from pitclinic.simulation.places import place_at
from pitclinic.simulation.stock import Shelf, Stock
from scheduling.models import AvailabilityBlock, BookingRule, Equipment, Room, VisitType

NAMESPACE = UUID("5f1d6a3e-9c1b-4c55-8c8e-0a4a7a9be001")
# code: name, minutes, turnover, with injections. The usual visit types (scheduling.services.visit_types) with ids that
# follow from the seed; a first treatment takes 75 of its 75 to 90 minutes (domain.md §12), two slots of the grid.
VISIT_TYPES = {
    "initial-evaluation": ("Initial evaluation", 60, 10, False),
    "initial-treatment": ("Initial evaluation and first treatment", 75, 5, True),
    "follow-up": ("Follow-up session", 30, 5, True),
    "multi-region": ("Several regions or ultrasound", 45, 10, True),
    "review": ("Review without injection", 20, 5, False),
    "telehealth": ("Check by telephone or video", 15, 0, False),
    "urgent": ("Urgent: side effect", 15, 5, False),
}


@dataclass(frozen=True)
class ClinicPlan:
    """What is asked for: the clinic's word, its size and its span of time."""

    word: str
    name: str
    patients: int
    seed: int
    first: date
    now: datetime
    clinicians: int


@dataclass(frozen=True)
class VisitKind:
    id: str
    minutes: int


@dataclass(frozen=True)
class Staffed:
    """Ids of what was set up, as text."""

    clinic: Clinic
    clinicians: list[str]
    rooms: list[str]
    desk: str
    visit_types: dict[str, VisitKind]
    stock: Stock


def clinic_id(word: str) -> UUID:
    return uuid5(NAMESPACE, word)


def create_clinic(plan: ClinicPlan) -> Clinic:
    place = place_at(plan.now)
    return Clinic.objects.create(
        id=clinic_id(plan.word),
        name=plan.name,
        sender_name="Your appointments",
        link_code=uuid5(NAMESPACE, f"link:{plan.word}").hex.translate(str.maketrans("01", "xy"))[:6],
        country=place.country,
        address=place.address,
        zone=place.zone,
        languages=list(dict.fromkeys(["en", *countries.languages_of(place.country)])),
        phone=place.phone,
        urgent_phone=place.urgent_phone,
        emergency_number=countries.emergency_number_of(place.country),
        is_synthetic=True,
    )


def set_up(clinic: Clinic, plan: ClinicPlan) -> Staffed:
    """Write the clinic's own rows; runs inside its context."""
    own = _Own(clinic, plan)
    clinicians = [own.member(Role.CLINICIAN, number, _clinician_name(number)) for number in range(plan.clinicians)]
    desk = [own.member(Role.FRONT_DESK, number, name) for number, name in enumerate(DESK_NAMES)]
    for role, name in OTHER_STAFF.items():
        own.member(Role(role), 0, name)
    rooms = Room.objects.bulk_create(
        Room(id=own.id("room", number), clinic=clinic, name=f"Room {number + 1}") for number in range(plan.clinicians)
    )
    own.shared_by_all(chaperone=desk[0])
    own.on_call(clinicians[:2])
    own.hours(clinicians)
    LastClinicNumber.objects.create(id=own.id("last number"), clinic=clinic, number=plan.patients)
    return Staffed(
        clinic=clinic,
        clinicians=[str(member.pk) for member in clinicians],
        rooms=[str(room.pk) for room in rooms],
        desk=str(desk[0].pk),
        visit_types=own.visit_types(),
        stock=Shelf(clinic, plan.first, plan.now, own.id).fill(),
    )


def _clinician_name(number: int) -> str:
    name = STAFF_NAMES[number % len(STAFF_NAMES)]
    round_ = number // len(STAFF_NAMES)
    return f"{name} {round_ + 1}" if round_ else name


class _Own:
    """Makes rows of one clinic with ids that follow from its word."""

    def __init__(self, clinic: Clinic, plan: ClinicPlan) -> None:
        self.clinic, self.plan = clinic, plan

    def id(self, *parts: object) -> UUID:
        return uuid5(NAMESPACE, ":".join(map(str, (self.plan.word, *parts))))

    def member(self, role: Role, number: int, name: str) -> Membership:
        word = role.value.replace("_", "-") + (str(number + 1) if number else "")
        user = User(id=self.id("user", role, number), email=f"{word}@{self.plan.word}.localhost", full_name=name)
        user.set_unusable_password()
        user.save(force_insert=True)
        return Membership.objects.create(id=self.id("member", role, number), clinic=self.clinic, user=user, role=role)

    def shared_by_all(self, *, chaperone: Membership) -> None:
        """Chairs to watch patients in, one scanner, and somebody who can be there as a third."""
        chairs = {"name": "Observation", "capacity": 3, "is_for_observation": True}
        Room.objects.create(id=self.id("chairs"), clinic=self.clinic, **chairs)
        Equipment.objects.create(id=self.id("scanner"), clinic=self.clinic, name="Ultrasound scanner")
        BookingRule.objects.create(id=self.id("chaperone"), clinic=self.clinic, member=chaperone, can_chaperone=True)

    def on_call(self, clinicians: list[Membership]) -> None:
        """Whom an urgent report wakes, the first of them first."""
        OnCallPerson.objects.bulk_create(
            OnCallPerson(id=self.id("on call", who.pk), clinic=self.clinic, membership=who, position=position)
            for position, who in enumerate(clinicians, start=1)
        )

    def hours(self, clinicians: list[Membership]) -> None:
        """Monday to Friday, and the day the simulation ends on even when it is at a weekend."""
        today = self.plan.now.astimezone(self.clinic_zone).date()
        days: list[tuple[int, date, date | None]] = [(weekday, self.plan.first, None) for weekday in range(5)]
        if today.weekday() >= 5:
            days.append((today.weekday(), today, today))
        AvailabilityBlock.objects.bulk_create(
            AvailabilityBlock(
                id=self.id("hours", who.pk, weekday, part[0]),
                clinic=self.clinic,
                clinician=who,
                weekday=weekday,
                start_time=part[0],
                end_time=part[1],
                valid_from_date=since,
                valid_until_date=until,
            )
            for who, (weekday, since, until), part in product(clinicians, days, (MORNING, AFTERNOON))
        )

    @property
    def clinic_zone(self) -> ZoneInfo:
        return ZoneInfo(self.clinic.zone)

    def visit_types(self) -> dict[str, VisitKind]:
        rows = {
            code: VisitType.objects.create(
                id=self.id("visit type", code),
                clinic=self.clinic,
                code=code,
                name=name,
                duration_minutes=minutes,
                turnover_minutes=turnover,
                is_treatment=is_treatment,
                needs_room=code != "telehealth",
            )
            for code, (name, minutes, turnover, is_treatment) in VISIT_TYPES.items()
        }
        return {code: VisitKind(id=str(row.pk), minutes=row.duration_minutes) for code, row in rows.items()}
