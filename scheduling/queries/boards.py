"""The flow board: everybody of one day where they are now, and since when."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common.wall_clock import day_bounds
from patients.choices import SAFETY_BANNER_FLAGS, SAFETY_BANNER_SUBSTANCES, Flag, allergy_words
from patients.models import Allergy, RiskFlag
from patients.queries.phones import phone_of_patient
from scheduling.choices import NEXT_STEP, SIDE_STEP, TREATABLE_STATUSES, VisitStatus
from scheduling.models import Appointment, AppointmentMove
from scheduling.models.appointments import AppointmentQuerySet
from scheduling.queries.chairs import Chairs, chairs_on_day
from scheduling.queries.no_shows import no_show_after, no_shows_of_patient, should_confirm

_S = VisitStatus

_EXPECTED = (_S.BOOKED, _S.CONFIRMED)
LANES: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (_("Expected"), _EXPECTED),
    (_("Arrived"), (_S.ARRIVED,)),
    (_("In room"), (_S.IN_ROOM,)),
    (_("Observation"), (_S.OBSERVATION,)),
    (_("Done"), (_S.DONE,)),
)
LONG_WAIT = timedelta(minutes=15)
# What a lane shows at once: a screenful. A lane opened alone is turned in pages.
LANE_CARDS = 10
LANE_PAGE = 30
OFF = "off"


@dataclass(frozen=True, kw_only=True)
class Card:
    """A visit on the board. ``minutes`` counts from its last step; ``late_minutes`` from a start nobody came to.

    ``phone`` is the one to ring, only where nobody came for so long that the desk is asked to.
    """

    visit: Appointment
    next_step: VisitStatus | None
    side_step: VisitStatus | None
    since: datetime | None
    minutes: int
    late_minutes: int
    is_long_wait: bool
    is_first_visit: bool
    is_missed: bool
    needs_confirmation: bool
    phone: str
    banners: tuple[str, ...]

    @property
    def steps(self) -> list[VisitStatus]:
        """None of who died or left before they came: their visit is cancelled."""
        if self.is_expected and self.visit.patient.departure is not None:
            return []
        return [step for step in (self.next_step, self.side_step) if step]

    @property
    def waited(self) -> str:
        return in_words(self.minutes)

    @property
    def late(self) -> str:
        return in_words(self.late_minutes)

    @property
    def is_expected(self) -> bool:
        return self.visit.status in _EXPECTED

    @property
    def is_under_way(self) -> bool:
        return self.since is not None and self.next_step is not None and not self.is_expected

    @property
    def is_treatable(self) -> bool:
        return self.visit.status in TREATABLE_STATUSES


@dataclass(frozen=True, kw_only=True)
class Lane:
    """``status`` is the one of its visits; the first lane's are booked or confirmed, and each card says which."""

    title: str | Promise
    status: str
    total: int
    cards: list[Card]

    @property
    def more(self) -> int:
        return self.total - len(self.cards)


@dataclass(frozen=True, kw_only=True)
class Board:
    """``page`` turns the pages of a lane that is shown alone."""

    lanes: list[Lane]
    off: Lane
    page: Page | None
    late: int
    unconfirmed: int
    waiting: int
    chairs: list[Chairs]

    @property
    def chairs_taken(self) -> int:
        return sum(one.taken for one in self.chairs)

    @property
    def chairs_there(self) -> int:
        return sum(one.room.capacity for one in self.chairs)

    @property
    def is_empty(self) -> bool:
        return not self.off.total and not any(lane.total for lane in self.lanes)


def visits_of_day(by: Actor, day: date) -> AppointmentQuerySet:
    """The day's visits in order, with what a line about one needs."""
    visits = Appointment.objects.visible_to(by).between(*day_bounds(day, by.zone))
    return visits.select_related("patient", "clinician__user", "room", "observation_room", "visit_type").order_by(
        "starts_at", "id"
    )


def board(
    *, by: Actor, day: date, now: datetime, clinician_id: UUID | None = None, lane: str = "", page: int = 1
) -> Board:
    """Seven queries: who is where, the chairs, the desk's rules, then the visits shown, their last steps, flags, and
    allergies. The chairs are everybody's, whichever clinician is looked at.

    Each lane shows its first cards; ``lane``, one of the lanes' statuses or ``off``, is shown alone, page by page.
    """
    visits = visits_of_day(by, day)
    if clinician_id is not None:
        visits = visits.filter(clinician_id=clinician_id)
    places = list(visits.values_list("pk", "status", "starts_at"))
    of_lane = {statuses[-1]: [pk for pk, status, _at in places if status in statuses] for _title, statuses in LANES}
    of_lane[str(VisitStatus.DONE)].reverse()  # who left last is looked for most
    on_board = {status for _title, statuses in LANES for status in statuses}
    of_lane[OFF] = [pk for pk, status, _at in places if status not in on_board]
    alone = Paginator(of_lane[lane], LANE_PAGE).get_page(page) if lane in of_lane else None
    shown = {lane: list(alone)} if alone else {status: pks[:LANE_CARDS] for status, pks in of_lane.items()}
    cards = _cards(by, visits, [pk for pks in shown.values() for pk in pks], now)

    def make(title: str | Promise, status: str) -> Lane:
        own = [cards[pk] for pk in shown.get(status, []) if pk in cards]
        return Lane(title=title, status=status, total=len(of_lane[status]), cards=own)

    return Board(
        lanes=[make(title, statuses[-1]) for title, statuses in LANES if not alone or statuses[-1] == lane],
        off=make("", OFF),
        page=alone,
        late=sum(status in _EXPECTED and _minutes(now - at) > 0 for _pk, status, at in places),
        unconfirmed=sum(status == VisitStatus.BOOKED for _pk, status, _at in places),
        waiting=len(of_lane[str(VisitStatus.ARRIVED)]),
        chairs=chairs_on_day(by, day_bounds(day, by.zone)[0]),
    )


def _cards(by: Actor, visits: AppointmentQuerySet, shown: list[UUID], now: datetime) -> dict[UUID, Card]:
    told = {
        "has_been_here": Exists(_earlier_visits()),
        "phone": phone_of_patient(),
        "no_shows": no_shows_of_patient(),
    }
    rows = list(visits.filter(pk__in=shown).annotate(**told))
    since, banners = _since(by, rows), safety_banners(by, {visit.patient_id for visit in rows})
    missed_after = no_show_after(by)
    return {
        visit.pk: _card(visit, since.get(visit.pk), tuple(banners.get(visit.patient_id, ())), now, missed_after)
        for visit in rows
    }


def _earlier_visits() -> AppointmentQuerySet:
    return Appointment.objects.filter(
        clinic_id=OuterRef("clinic_id"),
        patient_id=OuterRef("patient_id"),
        starts_at__lt=OuterRef("starts_at"),
        status=VisitStatus.DONE,
    )


def _since(by: Actor, visits: Iterable[Appointment]) -> dict[UUID, datetime]:
    """When each visit came into its present status."""
    present = {visit.pk: visit.status for visit in visits}
    moves = AppointmentMove.objects.visible_to(by).filter(appointment_id__in=list(present))
    rows = moves.order_by("moved_at", "id").values_list("appointment_id", "from_status", "to_status", "moved_at")
    return {pk: at for pk, before, status, at in rows if status == present[pk] and before != status}


def safety_banners(by: Actor, patient_ids: set[UUID]) -> dict[UUID, list[str]]:
    """What everybody at the clinic may see about a patient: needs and dangers at the desk, no clinical notes."""
    found: dict[UUID, list[str]] = defaultdict(list)
    ids = list(patient_ids)
    flags = RiskFlag.objects.visible_to(by).current().filter(patient_id__in=ids, flag__in=SAFETY_BANNER_FLAGS)
    for patient_id, flag in flags.order_by("flag").values_list("patient_id", "flag"):
        found[patient_id].append(str(Flag(flag).label))
    allergies = Allergy.objects.visible_to(by).current().filter(patient_id__in=ids)
    named = allergies.filter(substance__in=SAFETY_BANNER_SUBSTANCES).order_by("substance")
    for patient_id, substance, words in named.values_list("patient_id", "substance", "substance_text"):
        found[patient_id].append(str(_("Allergy: %(substance)s") % {"substance": allergy_words(substance, words)}))
    return found


def _card(
    visit: Appointment, since: datetime | None, banners: tuple[str, ...], now: datetime, missed_after: timedelta
) -> Card:
    is_expected = visit.status in _EXPECTED
    # Somebody who came early waits from the promised time on.
    waits_from = max(since, visit.starts_at) if since else visit.starts_at
    is_missed = is_expected and now - visit.starts_at >= missed_after
    return Card(
        visit=visit,
        next_step=NEXT_STEP.get(visit.status),
        side_step=SIDE_STEP.get(visit.status),
        since=since,
        minutes=_minutes(now - (since or visit.starts_at)),
        late_minutes=_minutes(now - visit.starts_at) if is_expected else 0,
        is_long_wait=visit.status == VisitStatus.ARRIVED and now - waits_from >= LONG_WAIT,
        is_first_visit=not getattr(visit, "has_been_here", True),
        is_missed=is_missed,
        needs_confirmation=should_confirm(visit.status, getattr(visit, "no_shows", 0)),
        phone=(getattr(visit, "phone", "") or "") if is_missed else "",
        banners=banners,
    )


def _minutes(length: timedelta) -> int:
    return max(int(length.total_seconds() // 60), 0)


def in_words(minutes: int) -> str:
    """``25 min``, ``2 h 5 min``."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return gettext("%(minutes)s min") % {"minutes": rest}
    return gettext("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}
