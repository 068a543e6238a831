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
from sessions.forms.co_signatures import AskAgainForm, CoSignForm, SendBackForm
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
    """The record, one of its addenda, or its voiding."""
    form = SendBackForm(request.POST)
    blank: dict[str, Any] = {"comment": "", "about": "", "addendum": None}
    typed = form.cleaned_data if form.is_valid() else blank
    addendum_id = typed["addendum"]
    about = CoSigned.ADDENDUM if addendum_id else typed["about"] or CoSigned.RECORD
    act = partial(service.send_back, comment=typed["comment"], about=about, addendum_id=addendum_id)
    return _acted(request, session_id, act, _("Sent back with your comment. The record stays as it is."))


@staff(Act.SIGN_SESSIONS, methods=("POST",))
def ask_again(request: StaffRequest, session_id: UUID) -> HttpResponse:
    form = AskAgainForm(request.POST)
    act = partial(service.ask_again, return_id=form.cleaned_data["returned"] if form.is_valid() else None)
    return _acted(request, session_id, act, _("The record waits for its co-signature again."))


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
