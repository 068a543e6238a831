"""One visit as a calendar file, to hand to its patient."""

from uuid import UUID

from django.http import HttpResponse

from accounts.choices import ExportKind
from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, exported
from common.languages import words_for
from scheduling.queries import calendar_files
from scheduling.views.steps import own_visit


@staff(Act.SEE_SCHEDULE)
def visit_file(request: StaffRequest, appointment_id: UUID) -> HttpResponse:
    visit = own_visit(request, appointment_id)
    exported(request, "scheduling_appointment", what=ExportKind.VISIT_FILE, patient_id=visit.patient_id, rows=1)
    with words_for(visit.patient.language):
        body = calendar_files.of_visit(by=request.actor, visit=visit)
    answer = HttpResponse(body, content_type=calendar_files.MEDIA_TYPE)
    answer.headers["Content-Disposition"] = 'attachment; filename="visit.ics"'
    return answer
