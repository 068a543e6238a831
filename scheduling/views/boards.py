"""Today: where everybody is."""

from typing import Any, cast
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.actors import Actor
from accounts.choices import Role
from accounts.decorators import staff
from accounts.models import Membership, OnCallPerson
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw_list
from common.query_strings import read_query
from common.wall_clock import local_day
from scheduling.forms.appointments import BoardQuery
from scheduling.models import VisitType
from scheduling.queries import first_run
from scheduling.queries.boards import board
from scheduling.queries.free_times import free_times
from scheduling.queries.zone_changes import count_to_move


def _whose(query: dict[str, Any], by: Actor, clinicians: list[Membership]) -> UUID | None:
    """The clinician asked for; clinicians who ask for nothing see their own day, everybody else all of it."""
    if query["clinician"] or query["everybody"] or by.role != Role.CLINICIAN:
        return cast("UUID | None", query["clinician"])
    return next((one.pk for one in clinicians if one.pk == by.membership_id), None)


@staff(Act.SEE_TODAY)
def today(request: StaffRequest) -> HttpResponse:
    by, now, is_poll = request.actor, timezone.now(), bool(request.headers.get("X-Poll"))
    day = local_day(now, by.zone)
    query = read_query(BoardQuery, request).cleaned_data
    clinicians = list(Membership.objects.visible_to(by).clinicians())
    clinician_id = _whose(query, by, clinicians)
    shortest = VisitType.objects.visible_to(by).filter(is_active=True, is_treatment=True)
    visit_type = shortest.order_by("duration_minutes", "name").first()
    free = (
        free_times(by=by, clinicians=clinicians, visit_type=visit_type, first_day=day, days=1, now=now)
        if visit_type
        else []
    )
    shown = board(by=by, day=day, now=now, clinician_id=clinician_id, lane=query["lane"], page=query["page"] or 1)
    on_board = [card.visit.patient_id for lane in (*shown.lanes, shown.off) for card in lane.cards]
    saw_list(request, "scheduling_appointment", on_board)
    context = {
        "board": shown,
        "day": day,
        "now": now,
        "clinicians": clinicians,
        "clinician_id": clinician_id,
        "lane": query["lane"],
        "whose": f"clinician={clinician_id}" if clinician_id else "everybody=1",
        "free": free,
        "visit_type": visit_type,
        "is_nobody_on_call": not OnCallPerson.objects.visible_to(by).able().exists(),
        "to_move": 0 if is_poll or not by.may(Act.BOOK_VISITS) else count_to_move(by, now=now),
        "first_steps": first_run.steps(by, now=now) if by.may(Act.SET_UP_SCHEDULE) else None,
    }
    template = "scheduling/today.html#board" if is_poll else "scheduling/today.html"
    return render(request, template, context)
