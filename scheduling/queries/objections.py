"""Why a time is not offered although nobody holds it: what a person may still decide to overrule."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Membership
from common.span_words import clock_words, end_words
from common.wall_clock import day_bounds, local_day
from scheduling.models import Leave, VisitType
from scheduling.queries.agendas import Agenda
from scheduling.queries.collisions import Wanted
from scheduling.queries.gaps import both
from scheduling.queries.staffing import most_treatments, treatments_of_days
from scheduling.spans import Span


@dataclass(frozen=True)
class Objection:
    """``code`` is one of closed_clinic, away, closed_weekday, outside_hours, daily_maximum, chaperone, turnover.

    ``words`` is a sentence for the screen.
    """

    code: str
    words: str


def objections(agenda: Agenda, wanted: Wanted, visit_type: VisitType, *, needs_chaperone: bool) -> list[Objection]:
    """What speaks against a time that nobody holds; empty when it would have been offered."""
    found = list(_working_objections(agenda, wanted.clinician, wanted.span))
    if needs_chaperone and wanted.chaperone is None:
        found.append(Objection("chaperone", _("Nobody who can chaperone is free at this time.")))
    if not found:
        found += _turnover_objections(agenda, wanted, visit_type)
    return found


def _working_objections(agenda: Agenda, clinician: Membership, span: Span) -> Iterator[Objection]:
    closure = next((one for one in agenda.closures if one.starts_at < span[1] and span[0] < one.ends_at), None)
    if closure is not None:
        yield Objection("closed_clinic", _("The clinic is closed: %(name)s.") % {"name": closure.name})
        return
    if agenda.is_open(clinician.pk, span):
        return
    name = clinician.user.full_name
    leave = next((one for one in agenda.away.get(clinician.pk, []) if _overlaps(one, span)), None)
    day = local_day(span[0], agenda.zone)
    works = list(both(agenda.working.get(clinician.pk, []), [day_bounds(day, agenda.zone)]))
    if leave is not None:
        words = _("%(name)s is away until %(until)s.")
        until = end_words(leave.ends_at, agenda.zone)
        yield Objection("away", words % {"name": name, "until": until})
    elif not works:
        words = _("%(name)s does not work on %(day)s.")
        yield Objection("closed_weekday", words % {"name": name, "day": date_format(day, "l j M")})
    else:
        hours = ", ".join(clock_words(start, end, agenda.zone) for start, end in works)
        words = _("%(name)s works %(hours)s on this day.")
        yield Objection("outside_hours", words % {"name": name, "hours": hours})


def _overlaps(leave: Leave, span: Span) -> bool:
    return leave.starts_at < span[1] and span[0] < leave.ends_at


def _turnover_objections(agenda: Agenda, wanted: Wanted, visit_type: VisitType) -> Iterator[Objection]:
    span = (wanted.span[0], wanted.span[1] + timedelta(minutes=visit_type.turnover_minutes))
    if not agenda.is_person_free(wanted.clinician.pk, span):
        words = _("%(name)s has no time to turn over between this visit and the one beside it.")
        yield Objection("turnover", words % {"name": wanted.clinician.user.full_name})
        return
    tight = []
    if wanted.room is not None and not agenda.is_room_free(wanted.room, span):
        tight.append(wanted.room.name)
    if wanted.equipment is not None and not agenda.is_equipment_free(wanted.equipment, span):
        tight.append(wanted.equipment.name)
    if tight:
        words = _("“%(room)s” has no time to be turned over between this visit and the one beside it.")
        yield Objection("turnover", words % {"room": tight[0]})


def full_day(
    *, by: Actor, wanted: Wanted, visit_type: VisitType, now: datetime, left_out: Collection[UUID] = ()
) -> list[Objection]:
    """The clinician has the most treatments of a day already, those that are held counted in.

    One query, and one more where there is a maximum.
    """
    clinician = wanted.clinician
    most = most_treatments(by, [clinician]).get(clinician.pk) if visit_type.is_treatment else None
    if most is None:
        return []
    day = local_day(wanted.span[0], by.zone)
    booked = treatments_of_days(by, [clinician.pk], *day_bounds(day, by.zone), now=now, left_out=left_out)
    count = booked[clinician.pk, day]
    if count < most:
        return []
    words = _("%(name)s has %(count)s treatments on this day; %(most)s are the most.")
    said = {"name": clinician.user.full_name, "count": count, "most": most}
    return [Objection("daily_maximum", words % said)]
