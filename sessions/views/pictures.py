"""Pictures of a session: add, look, remove, strike out. Every look at one is checked and recorded."""

from hashlib import sha256
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, leads_to, saw
from sessions.choices import RecordStatus
from sessions.forms.pictures import PictureConsentForm, PictureForm, StrikeForm
from sessions.models import Picture, PictureConsent, PictureContent
from sessions.policies.injection_sessions import SessionRefusedError
from sessions.services import pictures as service
from sessions.views.injection_session_pages import SessionPage, get_session

# A browser that opens the bytes by themselves runs nothing, whatever it takes them for.
_BYTES_ONLY = "default-src 'none'; sandbox"


@staff(Act.SEE_CHART)
def pictures(request: StaffRequest, session_id: UUID) -> HttpResponse:
    return _section(request, _page(request, session_id))


@staff(Act.LOG_SESSIONS, methods=("POST",), once=True)
def add(request: StaffRequest, session_id: UUID) -> HttpResponse:
    page, form = _page(request, session_id), PictureForm(request.POST, request.FILES)
    if not form.is_valid():
        return _section(request, page, form=form, status=422)
    typed = form.cleaned_data
    try:
        service.add(
            injection_session=page.session,
            kept=typed["kept"],
            kind=typed["kind"],
            side=typed["side"],
            caption=typed["caption"],
            by=request.actor,
            now=page.now,
        )
    except SessionRefusedError as refusal:
        form.add_error(None, str(refusal))
        return _section(request, page, form=form, status=422)
    return _done(request, page, _("The picture is kept."))


@staff(Act.LOG_SESSIONS, methods=("POST",), once=True)
def give_consent(request: StaffRequest, session_id: UUID) -> HttpResponse:
    page, form = _page(request, session_id), PictureConsentForm(request.POST)
    if not form.is_valid():
        return _section(request, page, consent_form=form, status=422)
    try:
        service.give_consent(patient_id=page.session.patient_id, **form.cleaned_data, by=request.actor, now=page.now)
    except SessionRefusedError as refused:
        form.add_error("signed_name", str(refused))
        return _section(request, page, consent_form=form, status=422)
    return _done(request, page, _("The consent to photographs is noted."))


@staff(Act.LOG_SESSIONS, methods=("POST",))
def withdraw_consent(request: StaffRequest, picture_consent_id: UUID) -> HttpResponse:
    own = PictureConsent.objects.visible_to(request.actor)
    consent = own.filter(pk=picture_consent_id).first()
    if consent is None:
        raise Http404
    service.withdraw_consent(consent=consent, by=request.actor, now=timezone.now())
    messages.success(request, _("The consent to photographs is taken back. No new photograph can be added."))
    return redirect("sessions:chart", patient_id=consent.patient_id)


@staff(Act.SEE_CHART)
def picture(request: StaffRequest, picture_id: UUID) -> HttpResponse:
    """One picture at its full size, with what may be done with it."""
    return _picture_page(request, _own(request, picture_id))


@staff(Act.SEE_CHART)
def image(request: StaffRequest, picture_id: UUID) -> HttpResponse:
    return _bytes(request, picture_id, "image")


@staff(Act.SEE_CHART)
def thumbnail(request: StaffRequest, picture_id: UUID) -> HttpResponse:
    return _bytes(request, picture_id, "thumbnail")


@staff(Act.LOG_SESSIONS, methods=("POST",))
def remove(request: StaffRequest, picture_id: UUID) -> HttpResponse:
    found = _own(request, picture_id)
    try:
        service.remove(picture=found, by=request.actor, now=timezone.now())
    except SessionRefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("sessions:picture", picture_id=found.pk)
    return _done(request, _page(request, found.injection_session_id), _("The picture is removed."))


@staff(Act.SIGN_SESSIONS, methods=("POST",))
def strike(request: StaffRequest, picture_id: UUID) -> HttpResponse:
    found, form = _own(request, picture_id), StrikeForm(request.POST)
    if not form.is_valid():
        return _picture_page(request, found, form=form, status=422)
    try:
        service.strike(picture=found, reason=form.cleaned_data["reason"], by=request.actor, now=timezone.now())
    except SessionRefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The picture is struck out. It can still be seen."))
    return redirect("sessions:picture", picture_id=found.pk)


def _page(request: StaffRequest, session_id: UUID) -> SessionPage:
    return SessionPage(get_session(request.actor, session_id), request.actor, timezone.now())


def _own(request: StaffRequest, picture_id: UUID) -> Picture:
    own = Picture.objects.filter(clinic_id=request.actor.clinic_id)
    found = own.select_related("injection_session", "added_by__user", "struck_by__user").filter(pk=picture_id).first()
    if found is None:
        raise Http404
    return found


def _saw(request: StaffRequest, page: SessionPage) -> None:
    session = page.session
    saw(request, "pit_sessions_injectionsession", row_id=session.pk, patient_id=session.patient_id)


def _section(
    request: StaffRequest,
    page: SessionPage,
    *,
    form: PictureForm | None = None,
    consent_form: PictureConsentForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The pictures and their forms: alone when a part of a page asked, else as a page of its own."""
    _saw(request, page)
    context = {
        "page": page,
        "session": page.session,
        "banner": page.banner,
        **page.picture_forms,
    }
    context |= {"picture_form": form} if form else {}
    context |= {"picture_consent_form": consent_form} if consent_form else {}
    name = "section" if "HX-Request" in request.headers else "page"
    return render(request, f"sessions/pictures/{name}.html", context, status=status)


def _done(request: StaffRequest, page: SessionPage, words: str) -> HttpResponse:
    if "HX-Request" in request.headers:
        leads_to(request, reverse("sessions:pictures", args=[page.session.pk]))
        return _section(request, _page(request, page.session.pk))
    messages.success(request, words)
    return redirect("sessions:pictures", session_id=page.session.pk)


def _picture_page(
    request: StaffRequest, found: Picture, *, form: StrikeForm | None = None, status: int = 200
) -> HttpResponse:
    page = _page(request, found.injection_session_id)
    _saw(request, page)
    context = {
        "picture": found,
        "session": page.session,
        "banner": page.banner,
        "strike_form": form or StrikeForm(),
        "is_draft": page.session.status == RecordStatus.DRAFT,
    }
    return render(request, "sessions/pictures/picture.html", context, status=status)


def _bytes(request: StaffRequest, picture_id: UUID, column: str) -> HttpResponse:
    found = _own(request, picture_id)
    kept = PictureContent.objects.filter(clinic_id=request.actor.clinic_id, picture_id=found.pk)
    body = kept.values_list(column, flat=True).first()
    if body is None or (column == "image" and sha256(body).hexdigest() != found.sha256):
        return HttpResponse(status=410)
    saw(request, "pit_sessions_picture", row_id=found.pk, patient_id=found.injection_session.patient_id)
    name = f"{found.kind}-{found.pk}.jpg"
    return HttpResponse(
        bytes(body),
        content_type="image/jpeg",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Security-Policy": _BYTES_ONLY,
            "X-Content-Type-Options": "nosniff",
        },
    )
