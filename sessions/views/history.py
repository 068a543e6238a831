"""Who changed and who saw this patient's record, in words."""

from dataclasses import replace
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw
from common.query_strings import read_query
from common.wall_clock import local_day
from patients.queries.banners import banner
from sessions.forms.history import HistoryQuery
from sessions.queries.history import history_page


@staff(Act.SEE_HISTORY)
def history(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    query = read_query(HistoryQuery, request)
    shown = banner(request.actor, patient_id, today=local_day(timezone.now(), request.actor.zone))
    if shown is None:
        raise Http404
    page = history_page(request.actor, patient_id, **query.cleaned_data)
    saw(request, "audit_auditevent", patient_id=patient_id)
    if not request.actor.may(Act.FIND_PATIENTS):
        shown = replace(shown, url="")
    context = {"banner": shown, "page": page, "query": query, "patient_id": patient_id}
    return render(request, "sessions/history/history.html", context)
