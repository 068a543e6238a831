"""A second name under a signed record."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest
from accounts.second_check import SecondCheck
from sessions.forms.co_signatures import CoSignForm
from sessions.policies.injection_sessions import SessionRefusedError
from sessions.services import co_signatures as service
from sessions.views.injection_session_pages import get_session


@staff(Act.SIGN_SESSIONS, methods=("POST",))
def co_sign(request: StaffRequest, session_id: UUID) -> HttpResponse:
    session, now = get_session(request.actor, session_id), timezone.now()
    form, check = CoSignForm(request.POST), SecondCheck(request, now=now)
    record = reverse("sessions:view", args=[session.pk]) + "#co-signature"
    if request.POST.get("act") == "passkey":
        return redirect(check.passkey_url(record))
    if not check.passes():
        messages.error(request, check.refusal)
        return redirect(record)
    try:
        seen = form.cleaned_data["seen_sha256"] if form.is_valid() else ""
        service.co_sign(injection_session=session, seen_sha256=seen, by=request.actor, now=now)
    except SessionRefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect(record)
    messages.success(request, _("The session is co-signed."))
    return redirect(record)
