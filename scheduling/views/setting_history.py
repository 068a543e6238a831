"""Who changed what and when of one room, visit type, closure…"""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest
from scheduling.queries.setting_history import SETTINGS, history_of


@staff(Act.SET_UP_SCHEDULE)
def history(request: StaffRequest, setting: str, row_id: UUID) -> HttpResponse:
    entries = history_of(request.actor, setting, row_id) if setting in SETTINGS else []
    if not entries:
        raise Http404
    row = SETTINGS[setting]._default_manager.filter(clinic_id=request.actor.clinic_id, pk=row_id).first()
    context = {"entries": entries, "row": row, "record_name": entries[0].line.record_name}
    return render(request, "scheduling/setting_history.html", context)
