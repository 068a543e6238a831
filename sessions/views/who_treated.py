"""The signer says that they gave the treatment."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest
from sessions.forms.injection_session_acts import SignForm
from sessions.policies.injection_sessions import SessionRefusedError
from sessions.services import who_treated
from sessions.views.injection_session_pages import get_session


@staff(Act.SIGN_SESSIONS, methods=("POST",))
def treated(request: StaffRequest, session_id: UUID) -> HttpResponse:
    """The actor gave the treatment, though a colleague began the draft."""
    session, form = get_session(request.actor, session_id), SignForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0
    try:
        who_treated.say_who_treated(injection_session=session, version=version, by=request.actor)
    except SessionRefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The record now says that you gave this treatment."))
    return redirect("sessions:sign", session_id=session_id)
