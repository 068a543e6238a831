"""The place of a visit: who, where, with what and when. Checked before it is promised, explained when it is not."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import ClinicOwned, Membership
from common.wall_clock import local_day
from patients.models import Patient
from scheduling import policies
from scheduling.choices import ClaimKind
from scheduling.models import Equipment, Room, RoomBlock, VisitType
from scheduling.policies import VisitRefusedError
from scheduling.queries import agendas, staffing
from scheduling.queries.agendas import Agenda
from scheduling.queries.collisions import Taken, Wanted, taken_by_others
from scheduling.queries.free_times import FreeTime, next_free_times
from scheduling.queries.objections import Objection, full_day, objections
from scheduling.services.day_locks import OverlapError, in_turn
from scheduling.spans import Span

T = TypeVar("T")


class SlotTakenError(VisitRefusedError):
    """Other visits and holds have ``collided`` (kinds of claim); ``alternatives`` are the next free times.

    ``can_double``: a person may promise it all the same, with a reason; never what is held for somebody else, nor a
    blocked room.
    """

    def __init__(
        self, taken: Taken, alternatives: list[FreeTime], zone: ZoneInfo, blocked: RoomBlock | None = None
    ) -> None:
        words = taken_words(taken, zone)
        if blocked is not None:
            said = _("“%(room)s” is blocked at this time: %(why)s. Choose another room or time.")
            words = said % {"room": blocked.room.name, "why": blocked.reason}
        super().__init__(words)
        self.collided = taken.kinds
        is_kept = taken.held_until is not None or blocked is not None
        self.can_double = ClaimKind.PATIENT not in taken.kinds and not is_kept
        self.alternatives = alternatives


def taken_words(taken: Taken, zone: ZoneInfo) -> str:
    """Why a time cannot be had. Whoever took it may have let it go since: then nothing is said of whom."""
    who = {"who": ", ".join(str(ClaimKind(kind).label) for kind in taken.kinds)}
    if taken.held_until is not None:
        words = _("This time is held for somebody else until %(until)s (%(who)s).")
        return words % {**who, "until": f"{taken.held_until.astimezone(zone):%H:%M}"}
    if not taken.kinds:
        return _("This time was just taken.")
    return _("This time was just taken: another visit holds %(who)s.") % who


class NotOfferedError(VisitRefusedError):
    """Nobody holds the time, but something speaks against it; ``is_override`` books it all the same."""

    def __init__(self, found: list[Objection]) -> None:
        super().__init__(" ".join(one.words for one in found))
        self.objections = found


@dataclass(frozen=True, kw_only=True)
class Place:
    """What a visit or a hold takes. Room, equipment and chaperone that stay empty are found when it is promised."""

    visit_type: VisitType
    clinician: Membership
    span: Span
    patient: Patient | None = None
    room: Room | None = None
    equipment: Equipment | None = None
    chaperone: Membership | None = None
    left_out: Collection[UUID] = ()
    doubled: tuple[str, ...] = ()

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            span=self.span,
            clinician=self.clinician,
            patient_id=self.patient.pk if self.patient else None,
            room=self.room,
            equipment=self.equipment,
            chaperone=self.chaperone,
        )

    @property
    def columns(self) -> dict[str, object]:
        """The fields that a visit and a hold have alike."""
        return {
            "clinician": self.clinician,
            "room": self.room,
            "equipment": self.equipment,
            "chaperone": self.chaperone,
            "starts_at": self.span[0],
            "ends_at": self.span[1],
        }


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What a person decided beforehand: to overrule objections, and why something may be promised twice.

    ``is_promised``: the time was held for this, so that what others were let to do beside it since is no objection.
    """

    is_override: bool = False
    double_reason: str = ""
    is_promised: bool = False

    def overrules(self, objection: Objection) -> bool:
        return self.is_override or (self.is_promised and objection.code in _OF_OTHERS)


# Objections that come of other visits, not of who works when.
_OF_OTHERS = frozenset({"daily_maximum", "turnover"})
NO_JUDGEMENT = Judgement()


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A place that can be promised; ``overruled`` are the objections that somebody set aside, as one sentence."""

    place: Place
    overruled: str = field(default="")


def check(place: Place, *, by: Actor, now: datetime, judgement: Judgement = NO_JUDGEMENT) -> Checked:
    """The place with its room, equipment and chaperone. Call it with the place's days held.

    Raises ``OverlapError`` when something is taken (and no ``double_reason`` lets it be taken twice),
    ``NotOfferedError`` when something else speaks against it, ``VisitRefusedError`` without a credential.
    """
    check_trusted(place, by=by)
    agenda = agendas.load_around(
        by=by, clinician=place.clinician, starts_at=place.span[0], now=now, left_out=place.left_out
    )
    needs_chaperone = staffing.needs_chaperone(
        by=by, visit_type=place.visit_type, patient_id=place.patient.pk if place.patient else None
    )
    place = _with_chaperone(_with_room(place, agenda), agenda, by) if needs_chaperone else _with_room(place, agenda)
    if place.equipment is None and place.visit_type.equipment_id:
        place = replace(place, equipment=place.visit_type.equipment)
    taken = taken_by_others(by=by, wanted=place.wanted, now=now, left_out=place.left_out)
    if taken.kinds:
        if not _may_double(taken, judgement):
            raise OverlapError(taken)
        place = replace(place, doubled=taken.kinds)
    found = objections(agenda, place.wanted, place.visit_type, needs_chaperone=needs_chaperone)
    if taken.kinds:
        found = [one for one in found if one.code != "turnover"]
    found += full_day(by=by, wanted=place.wanted, visit_type=place.visit_type, now=now, left_out=place.left_out)
    if not all(judgement.overrules(one) for one in found):
        raise NotOfferedError(found)
    return Checked(place=place, overruled=" ".join(one.words for one in found))


def look_before_waiting(place: Place, *, by: Actor, now: datetime, judgement: Judgement = NO_JUDGEMENT) -> None:
    """Raise ``OverlapError`` for what is taken for all to see, so that a crowd does not queue for it.

    It promises nothing: whoever sees it free still waits for the turn, and looks again.
    """
    if judgement.double_reason:
        return
    taken = taken_by_others(by=by, wanted=place.wanted, now=now, left_out=place.left_out)
    if taken.kinds:
        raise OverlapError(taken)


def _may_double(taken: Taken, judgement: Judgement) -> bool:
    """A visit may stand beside a visit for a reason; not beside a time that is promised to whoever is choosing."""
    has_reason = bool(judgement.double_reason.strip())
    return has_reason and ClaimKind.PATIENT not in taken.kinds and taken.held_until is None


def check_trusted(place: Place, *, by: Actor) -> None:
    """Raise ``VisitRefusedError`` for a clinician without a credential for what the visit is for."""
    day = local_day(place.span[0], by.zone)
    if not staffing.has_credential(by=by, clinician=place.clinician, visit_type=place.visit_type, day=day):
        policies.refuse_untrusted(place.clinician, place.visit_type)


def _with_room(place: Place, agenda: Agenda) -> Place:
    """Without a room, a type that needs one gets the first free; the first of all, which is taken, when none is."""
    if place.room is not None or not place.visit_type.needs_room or not agenda.rooms:
        return place
    turnover = timedelta(minutes=place.visit_type.turnover_minutes)
    with_turnover = (place.span[0], place.span[1] + turnover)
    return replace(place, room=agenda.free_room(with_turnover) or agenda.free_room(place.span) or agenda.rooms[0])


def _with_chaperone(place: Place, agenda: Agenda, by: Actor) -> Place:
    """The first who is free; nobody when nobody is, which is an objection."""
    if place.chaperone is not None:
        return place
    others = [one for one in staffing.chaperones(by) if one.pk != place.clinician.pk]
    free = next((one for one in others if agenda.is_person_free(one.pk, place.span)), None)
    return replace(place, chaperone=free)


def settle(place: Place, by: Actor, now: datetime, work: Callable[[], T]) -> T:
    """Do the work in its turn; when the time is taken, say what holds it and when else it can be."""
    try:
        return in_turn(work)
    except OverlapError as error:
        taken = error.taken
        if not taken.kinds:
            taken = taken_by_others(by=by, wanted=place.wanted, now=now, left_out=place.left_out)
        alternatives = next_free_times(
            by=by,
            clinicians=[place.clinician],
            visit_type=place.visit_type,
            after=place.span[0],
            now=now,
            minutes=int((place.span[1] - place.span[0]).total_seconds() // 60),
            patient_id=place.patient.pk if place.patient else None,
            left_out=place.left_out,
        )
        raise SlotTakenError(taken, alternatives, by.zone, _block_of(place, by)) from error


def _block_of(place: Place, by: Actor) -> RoomBlock | None:
    """Why the room that was asked for cannot be used then, if it cannot."""
    if place.room is None:
        return None
    rows = RoomBlock.objects.visible_to(by).filter(room=place.room)
    return rows.filter(starts_at__lt=place.span[1], ends_at__gt=place.span[0]).select_related("room").first()


def check_own(by: Actor, rows: Iterable[ClinicOwned | None]) -> None:
    if any(row is not None and row.clinic_id != by.clinic_id for row in rows):
        raise ValueError("A visit lives inside one clinic.")
