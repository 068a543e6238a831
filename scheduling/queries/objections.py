"""Why a time is not offered although nobody holds it: what a person may still decide to overrule."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Membership
from common.wall_clock import local_day
from scheduling.models import Leave, Room, VisitType
from scheduling.queries.agendas import Agenda
from scheduling.spans import Span, is_free


@dataclass(frozen=True)
class Objection:
    """``code`` is one of away, closed_weekday, outside_hours, turnover; ``words`` is a sentence for the screen."""

    code: str
    words: str


def objections(
    agenda: Agenda, *, clinician: Membership, room: Room | None, visit_type: VisitType, span: Span
) -> list[Objection]:
    """What speaks against this time; empty when it would have been offered, or when another visit holds it."""
    found = list(_working_objections(agenda, clinician, span))
    if not found and all(is_free(agenda.held.get(one.pk, []), span) for one in (clinician, room) if one):
        found += _turnover_objections(agenda, clinician, room, visit_type, span)
    return found


def _working_objections(agenda: Agenda, clinician: Membership, span: Span) -> Iterator[Objection]:
    if agenda.is_open(clinician.pk, span):
        return
    name = clinician.user.full_name
    leave = next((one for one in agenda.away.get(clinician.pk, []) if _overlaps(one, span)), None)
    day = local_day(span[0], agenda.zone)
    works = [one for one in agenda.working.get(clinician.pk, []) if local_day(one[0], agenda.zone) == day]
    if leave is not None:
        words = _("%(name)s is away until %(until)s.")
        until = date_format(leave.ends_at.astimezone(agenda.zone), "j M H:i")
        yield Objection("away", words % {"name": name, "until": until})
    elif not works:
        words = _("%(name)s does not work on %(day)s.")
        yield Objection("closed_weekday", words % {"name": name, "day": date_format(day, "l j M")})
    else:
        hours = ", ".join(f"{_clock(start, agenda)}–{_clock(end, agenda)}" for start, end in works)
        words = _("%(name)s works %(hours)s on this day.")
        yield Objection("outside_hours", words % {"name": name, "hours": hours})


def _overlaps(leave: Leave, span: Span) -> bool:
    return leave.starts_at < span[1] and span[0] < leave.ends_at


def _clock(moment: datetime, agenda: Agenda) -> str:
    return f"{moment.astimezone(agenda.zone):%H:%M}"


def _turnover_objections(
    agenda: Agenda, clinician: Membership, room: Room | None, visit_type: VisitType, span: Span
) -> Iterator[Objection]:
    held = (span[0], span[1] + timedelta(minutes=visit_type.turnover_minutes))
    if not is_free(agenda.clinician_busy.get(clinician.pk, []), held):
        words = _("%(name)s has no time to turn over between this visit and the one beside it.")
        yield Objection("turnover", words % {"name": clinician.user.full_name})
    elif room is not None and not is_free(agenda.room_busy.get(room.pk, []), held):
        words = _("“%(room)s” has no time to be turned over between this visit and the one beside it.")
        yield Objection("turnover", words % {"room": room.name})
