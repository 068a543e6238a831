"""What a colleague removed before a tap on an older page reached it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import ClinicOwned
from accounts.queries import with_names
from accounts.requests import StaffRequest
from audit.models import AuditEvent


def removed_already(request: StaffRequest, model: type[ClinicOwned], pk: UUID, *, back: str) -> HttpResponse:
    """Say who removed it and when. What the clinic never had is not found."""
    rows = AuditEvent.objects.in_clinic(request.actor.clinic_id).of_row(model._meta.db_table, pk)
    event = rows.filter(kind=AuditEvent.Kind.DELETE).newest_first().first()
    if event is None:
        raise Http404
    said = {"name": with_names([event])[0].actor_name, "when": date_format(localtime(event.at), "j M Y H:i")}
    messages.info(request, _("This was removed already, by %(name)s on %(when)s.") % said)
    return redirect(back)
