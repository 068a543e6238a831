"""The part that booking and moving share: a week of free times to tap, and what to say when one is gone."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django import forms
from django.http import Http404

from accounts.models import Membership
from accounts.requests import StaffRequest
from common.wall_clock import day_bounds, local_day
from scheduling.choices import VisitStatus
from scheduling.models import Appointment, Room, VisitType
from scheduling.policies import VisitChangedError, VisitRefusedError
from scheduling.queries.free_times import FreeTime, free_times
from scheduling.queries.why_nothing import why_nothing
from scheduling.services.places import SlotTakenError

DAYS = 7
# Whose times are shown at once when anybody will do; the rest on request.
CLINICIANS_SHOWN = 6
M = TypeVar("M", VisitType, Membership)


def times_context(
    request: StaffRequest,
    query: dict[str, Any],
    *,
    now: datetime,
    patient_id: UUID,
    leave_out: Appointment | None = None,
) -> dict[str, Any]:
    """What may be chosen, what is chosen, and the free times of the week from the chosen day on.

    For a visit that is moved (``leave_out``) the day is shown that has the first free time after it.
    """
    by = request.actor
    today = local_day(now, by.zone)
    visit_types = list(VisitType.objects.visible_to(by).filter(is_active=True).select_related("equipment"))
    if leave_out is not None:
        visit_types = [leave_out.visit_type]
    clinicians = list(Membership.objects.visible_to(by).clinicians())
    visit_type = _chosen(visit_types, query["visit_type"]) or usual_type(request, visit_types, patient_id)
    if leave_out is not None and leave_out.clinician not in clinicians and query["clinician"] == leave_out.clinician_id:
        query = query | {"clinician": None}
    clinician = _chosen(clinicians, query["clinician"])
    first_day = max(query["day"] or today, today)
    found = (
        free_times(
            by=by,
            clinicians=[clinician] if clinician else clinicians,
            visit_type=visit_type,
            first_day=first_day,
            days=DAYS,
            now=now,
            patient_id=patient_id,
            left_out=[leave_out.pk] if leave_out else (),
        )
        if visit_type
        else []
    )
    at_once = Counter(free.starts_at for free in found)
    by_day: Counter[date] = Counter()
    for moment, count in at_once.items():
        by_day[local_day(moment, by.zone)] += count
    week = _week(first_day)
    later = {local_day(moment, by.zone) for moment in at_once if leave_out and moment > leave_out.starts_at}
    shown_day = query["shown"] if query["shown"] in week else min(later or by_day, default=first_day)
    times = _of_day(found, shown_day, request)
    why: list[str] = []
    if visit_type and not times:
        why = why_nothing(
            by=by,
            clinicians=[clinician] if clinician else clinicians,
            visit_type=visit_type,
            first_day=shown_day if found else first_day,
            days=1 if found else DAYS,
            patient_id=patient_id,
        )
    shown = times if query["everybody"] else times[:CLINICIANS_SHOWN]
    return {
        "visit_types": visit_types,
        "visit_type": visit_type,
        "clinicians": clinicians,
        "chosen_clinician": clinician,
        "first_day": first_day,
        "shown_day": shown_day,
        "week": [(day, by_day[day]) for day in week],
        "is_week_empty": not found,
        "next_week": first_day + timedelta(days=DAYS),
        "times": shown,
        "more_clinicians": len(times) - len(shown),
        "why": why,
        "is_without_room": is_without_room(request, visit_type),
    }


def _week(first_day: date) -> list[date]:
    return [first_day + timedelta(days=number) for number in range(DAYS)]


def _of_day(found: list[FreeTime], day: date, request: StaffRequest) -> list[tuple[Membership, list[FreeTime]]]:
    """The day's free times under their clinician's name, whoever is free first at the top."""
    start, end = day_bounds(day, request.actor.zone)
    of_clinician: dict[UUID, list[FreeTime]] = {}
    for free in found:
        if start <= free.starts_at < end:
            of_clinician.setdefault(free.clinician.pk, []).append(free)
    return [(times[0].clinician, times) for times in of_clinician.values()]


def _chosen(rows: list[M], pk: UUID | None) -> M | None:
    if pk is None:
        return None
    found = next((row for row in rows if row.pk == pk), None)
    if found is None:
        raise Http404
    return found


def is_without_room(request: StaffRequest, visit_type: VisitType | None) -> bool:
    """The visit needs a room, and the clinic's rooms are all out of use."""
    return bool(visit_type and visit_type.needs_room) and Room.objects.visible_to(request.actor).are_all_off()


def usual_type(request: StaffRequest, visit_types: list[VisitType], patient_id: UUID | None) -> VisitType | None:
    """A follow-up for somebody who was here before, else the first evaluation."""
    visits = Appointment.objects.visible_to(request.actor).filter(status=VisitStatus.DONE)
    was_here = patient_id is not None and visits.filter(patient_id=patient_id).exists()
    wanted = "follow-up" if was_here else "initial-evaluation"
    return next((one for one in visit_types if one.code == wanted), visit_types[0] if visit_types else None)


def refuse(form: forms.BaseForm, refused: VisitRefusedError, *, version: int | None = None) -> int:
    """Show the refusal on the form with everything typed kept; return the status of the answer."""
    form.add_error(None, refused.words)
    if isinstance(refused, VisitChangedError) and version is not None:
        form.data = {**form.data.dict(), "version": str(version)}  # type: ignore[attr-defined]
    return 409 if isinstance(refused, VisitChangedError | SlotTakenError) else 422
