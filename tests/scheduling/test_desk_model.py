"""The desk's day against plain rules, in zones whose clock jumps: holds, offers, leave, series with exceptions.

After every act: nothing overlaps, no held time is suggested, and whoever was offered a time could take it. Only who
works no more at that time may be refused, and then must be.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import Clinic, Membership
from common.tenancy import tenant
from common.wall_clock import instant, local_day
from patients.models import Patient
from scheduling.choices import MOVABLE_STATUSES, EntryStatus
from scheduling.models import Appointment, BookingRule, FreedSlot, Leave, Room, SlotHold, SlotOffer, VisitType
from scheduling.models import WaitingEntry as Entry
from scheduling.policies import VisitRefusedError
from scheduling.queries.free_times import next_free_times
from scheduling.queries.series_plans import repeated
from scheduling.services import appointments, freed_slots, series, slot_holds, slot_offers, waiting_list
from scheduling.services.series import Wish
from tests.factories.accounts import ClinicFactory, MembershipFactory
from tests.factories.scheduling import RoomFactory, VisitTypeFactory
from tests.scheduling.conftest import Practice, make_practice, open_week
from tests.scheduling.test_waiting_list import reachable

# Days on whose night the clock jumps: an hour back, an hour forward, half an hour, and never.
NIGHTS = [
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2027, 3, 14)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Asia/Kolkata", date(2026, 10, 25)),
]
NAMES = [
    *("book", "book", "hold", "let_go", "cancel", "cancel", "move", "undo", "leave", "no_leave", "wish", "change_wish"),
    *("sweep", "sweep", "sweep", "by_hand", "answer", "series", "move_series", "wait"),
]
ACTS = st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 10_000)), min_size=4, max_size=16)


class _TakenBackError(Exception):
    """Rolls back what was only tried."""


@dataclass
class _Desk:
    """The clinic opens at midnight; the visits lie in the first five hours of the night."""

    practice: Practice
    day: date
    now: datetime
    clinicians: list[Membership]
    rooms: list[Room]
    patients: list[Patient]
    types: list[VisitType]
    dice: random.Random = field(default_factory=lambda: random.Random(0))
    wrong: list[str] = field(default_factory=list)
    tried: Counter[str] = field(default_factory=Counter)

    def open(self) -> None:
        """Three visits, of which one is freed; some wait, one of them with a visit that would go there."""
        for act in ("book", "book", "book", "wish", "wish", "wish", "cancel", self.dice.choice(["sweep", "by_hand"])):
            self.act(act)

    def act(self, name: str) -> None:
        """What is refused in words is told by the other tests."""
        with suppress(VisitRefusedError), transaction.atomic():
            getattr(self, name)()

    def when(self) -> datetime:
        zone = self.practice.desk.zone
        return instant(self.day, time(0), zone) + timedelta(minutes=15 * self.dice.randrange(16))

    def place(self) -> dict[str, Any]:
        asked = [one.patient for one in SlotOffer.objects.standing().select_related("patient")]
        return {
            "patient": self.dice.choice(asked * 2 + self.patients),
            "clinician": self.dice.choice(self.clinicians),
            "room": self.dice.choice([*self.rooms, None]),
            "visit_type": self.dice.choice(self.types),
            "starts_at": self.when(),
            "now": self.now,
            "by": self.practice.desk,
        }

    def some(self, model: Any, **wanted: Any) -> Any:
        rows = list(model.objects.filter(**wanted).order_by("pk"))
        return self.dice.choice(rows) if rows else None

    def visit(self) -> Any:
        found = self.some(Appointment, status__in=MOVABLE_STATUSES)
        related = ("patient", "clinician__user", "room", "visit_type")
        return found and Appointment.objects.select_related(*related).get(pk=found.pk)

    def book(self) -> None:
        minutes, why = self.dice.choice([None, 15, 60]), self.dice.choice(["", "", "beside it"])
        appointments.book(**self.place(), minutes=minutes, double_reason=why)

    def hold(self) -> None:
        slot_holds.keep(place=appointments.place_of(**self.place()), by=self.practice.desk, now=self.now)

    def let_go(self) -> None:
        if hold := slot_holds.of_desk(self.practice.desk).standing(self.now).first():
            slot_holds.end(hold=hold, by=self.practice.desk, now=self.now)

    def cancel(self) -> None:
        if visit := self.visit():
            said = {"version": visit.version, "cancelled_by": "patient", "reason": "ill"}
            appointments.cancel(appointment=visit, by=self.practice.desk, now=self.now, **said)
            self.now += timedelta(minutes=4)

    def move(self) -> None:
        if visit := self.visit():
            to = {name: value for name, value in self.place().items() if name not in ("patient", "visit_type")}
            appointments.move(appointment=visit, version=visit.version, **to)

    def undo(self) -> None:
        if visit := self.some(Appointment):
            appointments.undo(appointment=visit, by=self.practice.desk, now=self.now, version=visit.version)

    def leave(self) -> None:
        start, who = self.when(), self.dice.choice(self.clinicians)
        Leave.objects.create(
            clinic=self.practice.clinic, clinician=who, starts_at=start, ends_at=start + timedelta(hours=1)
        )

    def no_leave(self) -> None:
        if leave := self.some(Leave):
            leave.delete()

    def wish(self) -> None:
        visit, patient = self.visit(), self.dice.choice(self.patients)
        wanted: dict[str, Any] = {"visit_type": self.dice.choice(self.types), "notice_hours": 0}
        if visit is not None and self.dice.random() < 0.6:
            patient, wanted["appointment"] = visit.patient, visit
        waiting_list.add(patient=patient, by=self.practice.desk, now=self.now, **wanted)

    def change_wish(self) -> None:
        if entry := self.some(Entry):
            wanted = {"visit_type": self.dice.choice(self.types), "appointment": None}
            waiting_list.change(entry=entry, by=self.practice.desk, now=self.now, version=entry.version, **wanted)

    def sweep(self) -> None:
        freed_slots.sweep(clinic=self.practice.clinic, clock=lambda: self.now)

    def by_hand(self) -> None:
        freed_slots.find(by=self.practice.desk, now=self.now)
        slot, entry = self.some(FreedSlot), self.some(Entry, status=EntryStatus.WAITING)
        if slot and entry:
            slot_offers.make(slot=slot, entry=entry, by=self.practice.desk, now=self.now)

    def answer(self) -> None:
        if offer := self.some(SlotOffer):
            deed = self.dice.choice([slot_offers.accept, slot_offers.decline, slot_offers.withdraw])
            deed(offer_id=offer.pk, by=self.practice.desk, now=self.now)

    def series(self) -> None:
        by, where = self.practice.desk, self.place()
        starts = repeated(where["starts_at"], every_days=7, count=3, zone=by.zone)
        visits = [Wish(starts_at=start, clinician=where["clinician"]) for start in starts]
        told = {"patient": where["patient"], "visit_type": where["visit_type"], "by": by, "now": self.now}
        series.book(visits=visits, **told)

    def move_series(self) -> None:
        """Each visit of the scope goes as many days on as the one that was moved, an exception among them too."""
        visit, by = self.some(Appointment, series__isnull=False, status__in=MOVABLE_STATUSES), self.practice.desk
        if visit is None:
            return
        scope, starts_at = self.dice.choice(["one", "later", "all"]), self.when() + timedelta(days=1)
        own = series.members(visit, scope, by=by, now=self.now)
        days = local_day(starts_at, by.zone) - local_day(visit.starts_at, by.zone)
        wanted = {one.pk: local_day(one.starts_at, by.zone) + days for one in own}
        given = {"starts_at": starts_at, "clinician": self.dice.choice(self.clinicians), "room": None}
        series.move(appointment=visit, scope=scope, by=by, now=self.now, version=visit.version, **given)
        moved = Appointment.objects.in_bulk(wanted)
        assert {pk: local_day(one.starts_at, by.zone) for pk, one in moved.items()} == wanted
        assert moved[visit.pk].starts_at == starts_at

    def wait(self) -> None:
        self.now += timedelta(minutes=self.dice.choice([1, 6, 29, 31]))

    def check(self) -> None:
        assert _overlaps(self.now) == []
        standing = list(SlotHold.objects.standing(self.now))
        for clinician in self.clinicians:
            if any(_is_held(one, clinician, standing) for one in self.suggested(clinician)):
                self.wrong.append("held_times_offered")
        for offer in SlotOffer.objects.standing().filter(expires_at__gt=self.now):
            self.try_offer(offer)

    def suggested(self, clinician: Membership) -> list[datetime]:
        """As after a drag to that moment: days ahead of now, when every hold of now would have run out."""
        given: dict[str, Any] = {"by": self.practice.desk, "visit_type": self.types[0], "clinicians": [clinician]}
        return [one.starts_at for one in next_free_times(after=self.when(), now=self.now, **given)]

    def try_offer(self, offer: SlotOffer) -> None:
        away = Leave.objects.filter(
            clinician=offer.clinician_id, starts_at__lt=offer.ends_at, ends_at__gt=offer.starts_at
        )
        refused, is_away = self.refusal(offer), away.exists()
        self.tried["while_away" if is_away else "offers"] += 1
        if refused and not is_away:
            self.wrong.append(f"offers_not_takeable: {refused}")
        if is_away and not refused:
            self.wrong.append("offers_taken_into_leave")

    def refusal(self, offer: SlotOffer) -> str:
        try:
            with transaction.atomic():
                slot_offers.accept(offer_id=offer.pk, by=self.practice.desk, now=self.now)
                raise _TakenBackError
        except _TakenBackError:
            return ""
        except VisitRefusedError as refused:
            return refused.words


def _is_held(start: datetime, clinician: Membership, holds: list[SlotHold]) -> bool:
    end = start + timedelta(minutes=30)
    return any(one.clinician_id == clinician.pk and one.starts_at < end and start < one.ends_at for one in holds)


def _overlaps(now: datetime) -> list[tuple[Any, Any]]:
    """Pairs that share a person, patient or room at one moment, although nobody decided so."""
    users: dict[Any, list[Any]] = defaultdict(list)
    for one in (*Appointment.objects.holding(), *SlotHold.objects.standing(now)):
        doubled = getattr(one, "doubled", [])
        for kind in ("clinician", "room", "patient"):
            if (key := getattr(one, f"{kind}_id")) is not None and kind not in doubled:
                users[key].append(one)
    return [
        (one.pk, other.pk)
        for own in users.values()
        for number, one in enumerate(own)
        for other in own[number + 1 :]
        if one.starts_at < other.ends_at and other.starts_at < one.ends_at
    ]


@pytest.fixture(params=NIGHTS, ids=[zone for zone, _day in NIGHTS])
def desk(request: pytest.FixtureRequest, db: None) -> Iterator[_Desk]:
    zone, day = request.param
    clinic: Clinic = ClinicFactory(zone=zone)
    with tenant(clinic.pk, actor="test"):
        practice = make_practice(clinic, weekdays=range(7), start=time(0), end=time(23))
        colleague = MembershipFactory(clinic=clinic)
        open_week(colleague, weekdays=range(7), start=time(0), end=time(23))
        BookingRule.objects.create(clinic=clinic, member=colleague, max_treatments_per_day=2)
        yield _Desk(
            practice=practice,
            day=day,
            now=instant(day - timedelta(days=2), time(10), ZoneInfo(zone)),
            clinicians=[practice.clinician, colleague],
            rooms=[practice.room, RoomFactory(clinic=clinic)],
            patients=[reachable(practice) for _number in range(4)],
            types=[
                practice.visit_type,
                VisitTypeFactory(clinic=clinic, duration_minutes=60, is_treatment=True),
                VisitTypeFactory(clinic=clinic, duration_minutes=15, needs_room=False, is_treatment=True),
            ],
        )


@pytest.mark.slow
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a list of seeds tells nothing more when it is shorter
)
@given(acts=ACTS)
def test_who_is_offered_a_time_can_take_it_and_no_held_time_is_suggested(
    desk: _Desk, figure: Callable[[str, float], None], acts: list[tuple[str, int]]
) -> None:
    began, desk.wrong = desk.now, []
    with transaction.atomic():
        desk.dice = random.Random(acts[0][1])
        desk.open()
        for name, seed in acts:
            desk.dice = random.Random(seed)
            desk.act(name)
            desk.check()
        transaction.set_rollback(True)
    desk.now = began
    for name in ("offers_not_takeable", "offers_taken_into_leave", "held_times_offered"):
        figure(name, sum(one.startswith(name) for one in desk.wrong))
    figure("offers_tried", desk.tried["offers"])
    assert desk.wrong == []
