"""Change hours, rooms, closures and leave; each change is noted with the visits it touches, and can be taken back."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Clinic, ClinicOwned, Membership
from common.span_words import span_words
from scheduling.choices import SettingKind, Weekday
from scheduling.models import (
    Appointment,
    AvailabilityBlock,
    Closure,
    ExtraHours,
    Leave,
    Room,
    RoomBlock,
    SettingChange,
)
from scheduling.policies import VisitRefusedError
from scheduling.queries import touched_visits
from scheduling.services import availability, resources, rooms

_ROOM = ("name", "capacity", "is_for_observation", "is_active")
HOURS_FIELDS = ("start_time", "end_time")
_DATES = frozenset({"day", "valid_from_date", "valid_until_date"})
_KIND_OF: dict[type[ClinicOwned], SettingKind] = {
    Closure: SettingKind.CLOSURE,
    Leave: SettingKind.LEAVE,
    RoomBlock: SettingKind.ROOM_BLOCK,
}
M = TypeVar("M", bound=ClinicOwned)


@transaction.atomic
def close(*, name: str, starts_at: datetime, ends_at: datetime, by: Actor, now: datetime) -> SettingChange:
    """Close the clinic between the two; visits already booked stay, and are listed."""
    closure = resources.close(name=name, starts_at=starts_at, ends_at=ends_at, by=by)
    words = _("Closed: %(name)s, %(when)s") % {"name": name.strip(), "when": span_words(starts_at, ends_at, by.zone)}
    visits = touched_visits.between(by, (starts_at, ends_at), now=now)
    return note(SettingKind.CLOSURE, closure, words, visits, by=by, now=now)


@transaction.atomic
def add_leave(
    *, clinician: Membership, starts_at: datetime, ends_at: datetime, reason: str, by: Actor, now: datetime
) -> SettingChange:
    """A clinician is away between the two; their visits stay, and are listed."""
    leave = availability.add_leave(clinician=clinician, starts_at=starts_at, ends_at=ends_at, reason=reason, by=by)
    said = {"name": clinician.user.full_name, "when": span_words(starts_at, ends_at, by.zone)}
    visits = touched_visits.between(by, (starts_at, ends_at), now=now, clinician_id=clinician.pk)
    return note(SettingKind.LEAVE, leave, _("Leave of %(name)s, %(when)s") % said, visits, by=by, now=now)


@transaction.atomic
def block_room(
    *, room: Room, starts_at: datetime, ends_at: datetime, reason: str, by: Actor, now: datetime
) -> SettingChange:
    """A room cannot be used between the two; the visits in it stay, and are listed."""
    block = availability.block_room(room=room, starts_at=starts_at, ends_at=ends_at, reason=reason, by=by)
    said = {"name": room.name, "when": span_words(starts_at, ends_at, by.zone)}
    visits = touched_visits.between(by, (starts_at, ends_at), now=now, room_id=room.pk)
    return note(SettingKind.ROOM_BLOCK, block, _("Blocked: %(name)s, %(when)s") % said, visits, by=by, now=now)


@transaction.atomic
def remove_hours(*, block: AvailabilityBlock, by: Actor, now: datetime) -> SettingChange:
    """Weekly hours end; what is booked in them stays, and is listed."""
    visits = touched_visits.losing_hours(by, block, now=now)
    said = {"name": block.clinician.user.full_name, "day": Weekday(block.weekday).label, "hours": block.hours}
    before = as_json(block, (*HOURS_FIELDS, "weekday", "valid_from_date", "valid_until_date", "clinician_id"))
    change = note(
        SettingKind.HOURS,
        block,
        _("Hours removed: %(name)s, %(day)s %(hours)s") % said,
        visits,
        before=before,
        by=by,
        now=now,
    )
    availability.remove_block(block=block)
    return change


@transaction.atomic
def remove_extra_hours(*, extra: ExtraHours, by: Actor, now: datetime) -> SettingChange:
    """Hours of one day end; what is booked in them stays, and is listed."""
    visits = touched_visits.losing_hours(by, extra, now=now)
    said = {"name": extra.clinician.user.full_name, "day": extra.day.isoformat(), "hours": extra.hours}
    words = _("Hours removed: %(name)s, %(day)s %(hours)s") % said
    before = as_json(extra, (*HOURS_FIELDS, "day", "clinician_id"))
    change = note(SettingKind.EXTRA_HOURS, extra, words, visits, before=before, by=by, now=now)
    resources.remove_extra_hours(extra=extra)
    return change


@transaction.atomic
def change_room(*, room: Room, by: Actor, now: datetime) -> SettingChange | None:
    """Store a changed room; visits it has no place for any more stay, and are listed. None: nothing was changed."""
    before = as_json(Room.objects.visible_to(by).get(pk=room.pk), _ROOM)
    rooms.save(room=room, by=by)
    after = as_json(room, _ROOM)
    if before == after:
        return None
    visits = touched_visits.losing_room(by, room, now=now)
    words = _("Room changed: %(name)s") % {"name": room.name}
    return note(SettingKind.ROOM, room, words, visits, before=before, after=after, by=by, now=now)


@transaction.atomic
def undo(*, change: SettingChange, by: Actor, now: datetime) -> SettingChange:
    """Take a change back; visits that were moved since stay where they are now.

    Raises ``VisitRefusedError`` where it is taken back already, or where somebody changed the same thing since.
    """
    Clinic.objects.select_for_update(no_key=True).get(pk=by.clinic_id)
    change.refresh_from_db()
    if change.undone_at is not None:
        raise VisitRefusedError(_("This is taken back already."))
    take_back = _UNDO.get(change.kind)
    if take_back is None:
        raise VisitRefusedError(_of_a_person(change.kind))
    take_back(change, by)
    change.undone_at, change.undone_by_id = now, by.membership_id
    change.save(update_fields=["undone_at", "undone_by"])
    return change


@transaction.atomic
def take_away(*, row: Closure | Leave | RoomBlock, by: Actor, now: datetime) -> None:
    """Leave, a closure or a block ends; nobody has to move a visit for it any more."""
    kind = _KIND_OF[type(row)]
    change = SettingChange.objects.visible_to(by).filter(kind=kind, row_id=row.pk, undone_at__isnull=True).first()
    if change:
        undo(change=change, by=by, now=now)
    elif isinstance(row, Leave):
        availability.remove_leave(leave=row)
    elif isinstance(row, RoomBlock):
        availability.open_room(block=row)
    else:
        resources.open_again(closure=row)


def _open_again(change: SettingChange, by: Actor) -> None:
    resources.open_again(closure=_standing(Closure, change, by))


def _end_leave(change: SettingChange, by: Actor) -> None:
    availability.remove_leave(leave=_standing(Leave, change, by))


def _open_room(change: SettingChange, by: Actor) -> None:
    availability.open_room(block=_standing(RoomBlock, change, by))


def _put_block_back(change: SettingChange, by: Actor) -> None:
    AvailabilityBlock.objects.create(pk=change.row_id, clinic=by.clinic, **from_json(change.before))


def _put_extra_back(change: SettingChange, by: Actor) -> None:
    ExtraHours.objects.create(pk=change.row_id, clinic=by.clinic, **from_json(change.before))


def _put_room_back(change: SettingChange, by: Actor) -> None:
    room = _standing(Room, change, by)
    if as_json(room, _ROOM) != change.after:
        raise _changed_since()
    for name, value in change.before.items():
        setattr(room, name, value)
    rooms.save(room=room, by=by)


_UNDO: dict[str, Callable[[SettingChange, Actor], None]] = {
    SettingKind.CLOSURE: _open_again,
    SettingKind.LEAVE: _end_leave,
    SettingKind.ROOM_BLOCK: _open_room,
    SettingKind.HOURS: _put_block_back,
    SettingKind.EXTRA_HOURS: _put_extra_back,
    SettingKind.ROOM: _put_room_back,
}


def _of_a_person(kind: str) -> str:
    if kind == SettingKind.ROLE:
        return _("Give the role back on the person's own page: their hours come back with it.")
    return _("Bring the person back on their own page: their hours come back with them.")


def _standing(model: type[M], change: SettingChange, by: Actor) -> M:
    row: M | None = model._default_manager.filter(clinic_id=by.clinic_id, pk=change.row_id).first()
    if row is None:
        raise _changed_since()
    return row


def _changed_since() -> VisitRefusedError:
    return VisitRefusedError(_("Somebody changed this since. Look at how it stands now, and change it there."))


def note(
    kind: SettingKind,
    row: ClinicOwned,
    title: str,
    visits: Iterable[Appointment],
    *,
    by: Actor,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> SettingChange:
    return SettingChange.objects.create(
        clinic=by.clinic,
        kind=kind,
        row_id=row.pk,
        title=title[:200],
        before=before or {},
        after=after or {},
        visits=[visit.pk for visit in visits],
        made_at=now,
        made_by_id=by.membership_id,
    )


def as_json(row: ClinicOwned, names: Iterable[str]) -> dict[str, Any]:
    """Numbers and yes or no as they are, everything else as text."""
    values = {name: getattr(row, name) for name in names}
    return {name: one if one is None or isinstance(one, int) else str(one) for name, one in values.items()}


def from_json(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(name, one) for name, one in values.items()}


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in HOURS_FIELDS:
        return time.fromisoformat(value)
    return date.fromisoformat(value) if name in _DATES else value
