"""Why nothing is free: what stands in the way, the first thing first."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Membership
from common.span_words import span_words
from scheduling.models import VisitType
from scheduling.queries import staffing
from scheduling.queries.agendas import Agenda, load_hours
from scheduling.queries.free_times import ANYTHING, Wish

# More closures and leaves than this are a holiday season, which the first of them tell of.
_TOLD = 4


def why_nothing(
    *,
    by: Actor,
    clinicians: Sequence[Membership],
    visit_type: VisitType,
    first_day: date,
    days: int,
    wish: Wish = ANYTHING,
    patient_id: UUID | None = None,
) -> list[str]:
    """Sentences for a search that found nothing on these days. Eight queries at most."""
    if not clinicians:
        return [_("No clinician works here yet.")]
    able = _holders(by, clinicians, visit_type, first_day, first_day + timedelta(days=days - 1))
    if not able:
        words = _("Nobody who was asked for holds the technique “%(technique)s” in this time.")
        return [words % {"technique": visit_type.technique}]
    missing = list(_missing(by, visit_type, wish, patient_id))
    agenda = load_hours(by=by, clinicians=able, first_day=first_day, days=days, weekdays=wish.weekdays)
    return [*missing, *_of_hours(agenda, able, wish)]


def _holders(
    by: Actor, clinicians: Sequence[Membership], visit_type: VisitType, first: date, last: date
) -> list[Membership]:
    held = staffing.credentials(by=by, visit_type=visit_type)
    if held is None:
        return list(clinicians)
    return [one for one in clinicians if one.pk in held and held[one.pk][0] <= last and first <= held[one.pk][1]]


def _missing(by: Actor, visit_type: VisitType, wish: Wish, patient_id: UUID | None) -> Iterator[str]:
    equipment = wish.equipment or visit_type.equipment
    if equipment is not None and not equipment.is_active:
        yield _("“%(name)s” is not in use.") % {"name": equipment.name}
    needs_one = staffing.needs_chaperone(by=by, visit_type=visit_type, patient_id=patient_id)
    if needs_one and not staffing.chaperones(by):
        yield _("Nobody is allowed to chaperone, and this visit needs a chaperone.")


def _of_hours(agenda: Agenda, clinicians: Sequence[Membership], wish: Wish) -> Iterator[str]:
    working = [one for one in clinicians if agenda.working.get(one.pk)]
    if not working:
        if len(clinicians) == 1:
            yield _("%(name)s has no working hours on these days.") % {"name": clinicians[0].user.full_name}
        else:
            yield _("Nobody has working hours on these days.")
        return
    for closure in agenda.closures[:_TOLD]:
        when = span_words(closure.starts_at, closure.ends_at, agenda.zone)
        yield _("The clinic is closed: %(name)s, %(when)s.") % {"name": closure.name, "when": when}
    leaves = [(one, leave) for one in working for leave in agenda.away.get(one.pk, [])]
    for clinician, leave in leaves[:_TOLD]:
        when = span_words(leave.starts_at, leave.ends_at, agenda.zone)
        yield _("%(name)s is away: %(when)s.") % {"name": clinician.user.full_name, "when": when}
    if any(agenda.opened(one.pk) for one in working):
        yield _full(agenda, wish)


def _full(agenda: Agenda, wish: Wish) -> str:
    """There are hours, so it is other visits, or the wish."""
    if (wish.not_before, wish.not_after) != (ANYTHING.not_before, ANYTHING.not_after):
        return _("All other times are taken, or outside the time of day that was asked for.")
    if agenda.rooms:
        return _("All other times are taken: no clinician with a free room is left.")
    return _("All other times are taken.")
