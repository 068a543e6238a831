"""A second name under a signed record, an addendum or a voiding; and the record sent back."""

from collections.abc import Callable
from functools import partial
from typing import Any
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
from sessions.choices import CoSigned
from sessions.forms.co_signatures import CoSignForm, SendBackForm
from sessions.policies.injection_sessions import SessionRefusedError
from sessions.services import co_signatures as service
from sessions.views.injection_session_pages import get_session


@staff(Act.SIGN_SESSIONS, methods=("POST",))
def co_sign(request: StaffRequest, session_id: UUID) -> HttpResponse:
    """The record itself, or with ``addendum`` one of its addenda."""
    form = CoSignForm(request.POST)
    addendum_id = form.cleaned_data["addendum"] if form.is_valid() else None
    about = CoSigned.ADDENDUM if addendum_id else CoSigned.RECORD
    return _co_sign(request, session_id, form, about=about, addendum_id=addendum_id)


@staff(Act.SIGN_SESSIONS, methods=("POST",))
def co_sign_void(request: StaffRequest, session_id: UUID) -> HttpResponse:
    return _co_sign(request, session_id, CoSignForm(request.POST), about=CoSigned.VOID)


@staff(Act.SIGN_SESSIONS, methods=("POST",))
def send_back(request: StaffRequest, session_id: UUID) -> HttpResponse:
    form = SendBackForm(request.POST)
    comment = form.cleaned_data["comment"] if form.is_valid() else ""
    act = partial(service.send_back, comment=comment)
    return _acted(request, session_id, act, _("The record is sent back with your comment. It stays as it is."))


@staff(Act.SIGN_SESSIONS, methods=("POST",))
def ask_again(request: StaffRequest, session_id: UUID) -> HttpResponse:
    return _acted(request, session_id, service.ask_again, _("The record waits for its co-signature again."))


def _co_sign(
    request: StaffRequest, session_id: UUID, form: CoSignForm, *, about: str, addendum_id: UUID | None = None
) -> HttpResponse:
    check, record = SecondCheck(request, now=timezone.now()), _record(session_id)
    if request.POST.get("act") == "passkey":
        get_session(request.actor, session_id)
        return redirect(check.passkey_url(record))
    if not check.passes():
        get_session(request.actor, session_id)
        messages.error(request, check.refusal)
        return redirect(record)
    seen = form.cleaned_data["seen_sha256"] if form.is_valid() else ""
    act = partial(service.co_sign, seen_sha256=seen, about=about, addendum_id=addendum_id)
    return _acted(request, session_id, act, _("The session is co-signed."))


def _acted(request: StaffRequest, session_id: UUID, act: Callable[..., Any], done: str) -> HttpResponse:
    session = get_session(request.actor, session_id)
    try:
        act(injection_session=session, by=request.actor, now=timezone.now())
    except SessionRefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(_record(session_id))


def _record(session_id: UUID) -> str:
    return reverse("sessions:view", args=[session_id]) + "#co-signature"
