"""The session: start it, write it, check and sign it, read it, amend it."""

from collections.abc import Collection
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw
from accounts.second_check import SecondCheck
from scheduling.models import Appointment
from sessions.choices import RecordStatus
from sessions.drafts import Draft
from sessions.forms.co_signatures import SendBackForm
from sessions.forms.injection_session_acts import AddendumForm, SignForm, VoidForm
from sessions.forms.injection_sessions import SessionForms
from sessions.models import InjectionSession
from sessions.policies.injection_sessions import (
    GateClosedError,
    PreparationRefusedError,
    SessionRefusedError,
    VersionConflictError,
)
from sessions.queries.pictures import digest
from sessions.queries.signatures import problem_of
from sessions.services import injection_sessions as service
from sessions.services import unsaved_typings
from sessions.views.injection_session_autosaves import keep, lost_words, typed_again
from sessions.views.injection_session_conflicts import conflicting, differences_to
from sessions.views.injection_session_merges import TypedPage, typed_over
from sessions.views.injection_session_pages import PEOPLE, SessionPage, get_session
from sessions.views.injection_session_typing import as_it_is_typed
from sessions.views.review_cards import CardPart

_TEMPLATES = "sessions/injection_sessions"
_ON_A_DRAFT = ("discharge_checked_by",)
OBSERVATION_ACTS = ("observe", "end_observation")


@staff(Act.LOG_SESSIONS, methods=("POST",))
def start(request: StaffRequest, appointment_id: UUID) -> HttpResponse:
    visit = Appointment.objects.visible_to(request.actor).filter(pk=appointment_id).first()
    if visit is None:
        raise Http404
    try:
        session = service.start(appointment=visit, by=request.actor, now=timezone.now())
    except SessionRefusedError as refusal:
        return _refused(request, refusal)
    return redirect("sessions:edit", session_id=session.pk)


@staff(Act.LOG_SESSIONS, methods=("GET", "POST"))
def edit(request: StaffRequest, session_id: UUID) -> HttpResponse:
    page = _page(request, session_id, _ON_A_DRAFT)
    if page.session.status != RecordStatus.DRAFT:
        return redirect("sessions:view", session_id=session_id)
    if request.method != "POST":
        forms, more = typed_again(page)
        return _edit_page(request, page, forms, **more)
    typed = typed_over(page, request.POST)
    forms = page.forms(typed.data)
    is_valid = forms.is_valid()
    if typed.conflicts:
        keep(page, forms, request.POST, version=typed.version)
        return _conflict_page(request, page.session, typed, forms.draft() if is_valid else None)
    if not is_valid:
        with suppress(SessionRefusedError):  # more than is kept: it still stands on the page
            keep(page, forms, request.POST, version=typed.version)
        return _edit_page(request, page, forms, status=422)
    card = CardPart(page)
    draft = card.with_tray(card.with_repeated(forms.draft(), request.POST.get("repeat", "")))
    try:
        _save(request, page, forms, draft)
    except VersionConflictError:
        keep(page, forms, request.POST, version=typed.version)
        return _conflict_page(request, page.session, typed, draft)
    except PreparationRefusedError as refusal:
        forms.session.add_error("preparation_id", str(refusal))
        keep(page, forms, request.POST, version=typed.version)
        return _edit_page(request, page, forms, status=422)
    except SessionRefusedError as refusal:
        keep(page, forms, request.POST, version=typed.version)
        return _refused(request, refusal)
    unsaved_typings.let_go(injection_session=page.session, by=request.actor)
    return _saved(request, session_id)


def _saved(request: StaffRequest, session_id: UUID) -> HttpResponse:
    """On to where the button leads."""
    act = request.POST.get("act")
    if act == "review":
        return redirect("sessions:sign", session_id=session_id)
    if act in OBSERVATION_ACTS:
        return redirect(f"{reverse('sessions:edit', args=[session_id])}#observation")
    messages.success(request, _("The draft is saved."))
    return redirect("sessions:edit", session_id=session_id)


def _save(request: StaffRequest, page: SessionPage, forms: SessionForms, draft: Draft) -> None:
    """One service call: store what was typed, and begin or end the observation where the button says so."""
    version = forms.version_typed_over
    act = request.POST.get("act")
    if act == "observe":
        minutes = forms.observation.minutes
        service.observe(
            injection_session=page.session,
            version=version,
            draft=draft,
            minutes=minutes,
            sender=forms.sender,
            by=request.actor,
            now=page.now,
        )
        return
    save = service.end_observation if act == "end_observation" else service.save_draft
    save(
        injection_session=page.session,
        version=version,
        draft=draft,
        sender=forms.sender,
        by=request.actor,
        now=page.now,
    )


@staff(Act.LOG_SESSIONS, methods=("POST",))
def totals(request: StaffRequest, session_id: UUID) -> HttpResponse:
    """The sums of the points as typed so far; nothing is stored."""
    page = _page(request, session_id, ())
    return render(request, f"{_TEMPLATES}/totals.html", as_it_is_typed(page, typed_over(page, request.POST).data))


@staff(Act.SIGN_SESSIONS, methods=("GET", "POST"))
def sign(request: StaffRequest, session_id: UUID) -> HttpResponse:
    page = _page(request, session_id)
    if page.session.status != RecordStatus.DRAFT:
        return redirect("sessions:view", session_id=session_id)
    if request.method != "POST":
        return _sign_page(request, page)
    form, reasons = SignForm(request.POST), page.reasons_form(request.POST)
    if not (form.is_valid() and reasons.is_valid()):
        return _sign_page(request, page, reasons=reasons, status=422)
    check = SecondCheck(request, now=page.now)
    goes_to_passkey = request.POST.get("act") == "passkey"
    if not (goes_to_passkey or check.passes()):
        return _sign_page(request, page, reasons=reasons, check=check, status=422)
    act = service.keep_reasons
    if not goes_to_passkey:
        act = partial(service.sign, pictures_seen=form.cleaned_data["pictures"])
    version, typed = form.cleaned_data["version"], reasons.reasons()
    try:
        act(injection_session=page.session, version=version, reasons=typed, by=request.actor, now=page.now)
    except SessionRefusedError as refusal:
        return _not_signed(request, page, refusal, reasons)
    if goes_to_passkey:
        return redirect(check.passkey_url(request.path))
    messages.success(request, _("The session is signed and locked."))
    return redirect("sessions:view", session_id=session_id)


def _not_signed(request: StaffRequest, page: SessionPage, refusal: SessionRefusedError, reasons: Any) -> HttpResponse:
    """What was typed stays where a rule is open; a draft somebody else changed is looked over anew."""
    if isinstance(refusal, GateClosedError):
        still_open = {finding.key for finding in refusal.findings}
        return _sign_page(request, page, reasons=reasons, still_open=still_open, status=422)
    if not isinstance(refusal, VersionConflictError):
        messages.error(request, str(refusal))
        return _sign_page(request, page, reasons=reasons, status=409)
    messages.error(request, _("%(what)s Check the record again.") % {"what": refusal})
    return _sign_page(request, page, status=409)


@staff(Act.SEE_CHART)
def view(request: StaffRequest, session_id: UUID) -> HttpResponse:
    return _view_page(request, _page(request, session_id))


@staff(Act.SIGN_SESSIONS, methods=("POST",))
def void(request: StaffRequest, session_id: UUID) -> HttpResponse:
    page, form = _page(request, session_id), VoidForm(request.POST)
    if not form.is_valid():
        return _view_page(request, page, void_form=form, status=422)
    try:
        service.void(
            injection_session=page.session,
            reason=form.cleaned_data["reason"],
            by=request.actor,
            now=page.now,
        )
    except SessionRefusedError as refusal:
        return _refused(request, refusal)
    messages.success(request, _("The session is voided. It can still be read."))
    return redirect("sessions:view", session_id=session_id)


@staff(Act.SIGN_SESSIONS, methods=("POST",), once=True)
def add_addendum(request: StaffRequest, session_id: UUID) -> HttpResponse:
    page, form = _page(request, session_id), AddendumForm(request.POST)
    if not form.is_valid():
        return _view_page(request, page, addendum_form=form, status=422)
    try:
        service.add_addendum(
            injection_session=page.session,
            text=form.cleaned_data["text"],
            by=request.actor,
            now=page.now,
        )
    except SessionRefusedError as refusal:
        return _refused(request, refusal)
    messages.success(request, _("The addendum is added."))
    return redirect("sessions:view", session_id=session_id)


def _page(request: StaffRequest, session_id: UUID, people: tuple[str, ...] = PEOPLE) -> SessionPage:
    session = get_session(request.actor, session_id, people=people)
    return SessionPage(session, request.actor, timezone.now())


def _show(request: StaffRequest, name: str, page: SessionPage, context: dict[str, Any], status: int) -> HttpResponse:
    session = page.session
    saw(request, "pit_sessions_injectionsession", row_id=session.pk, patient_id=session.patient_id)
    common: dict[str, Any] = {"page": page, "session": session, "banner": page.banner, "void_form": VoidForm()}
    if session.status == RecordStatus.DRAFT:
        common["load"] = page.anaesthetic
    return render(request, f"{_TEMPLATES}/{name}.html", common | context, status=status)


def _edit_page(
    request: StaffRequest, page: SessionPage, forms: SessionForms, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"forms": forms, "review": CardPart(page), "totals": page.loaded.totals}
    return _show(request, "edit", page, context | more, status)


def _conflict_page(
    request: StaffRequest, session: InjectionSession, typed: TypedPage, draft: Draft | None
) -> HttpResponse:
    """Both texts side by side; saving again from here keeps what was typed, knowingly."""
    page = SessionPage(get_session(request.actor, session.pk, people=_ON_A_DRAFT), request.actor, timezone.now())
    if page.session.status != RecordStatus.DRAFT:
        messages.error(request, _("The session was signed in the meantime. What you typed was not saved."))
        return redirect("sessions:view", session_id=session.pk)
    rows = (differences_to(draft, page) if draft else []) or typed.conflicts
    forms, more = conflicting(page, typed.data.copy(), rows)
    return _edit_page(request, page, forms, status=409, **more)


def _sign_page(
    request: StaffRequest,
    page: SessionPage,
    *,
    reasons: Any = None,
    check: SecondCheck | None = None,
    still_open: Collection[str] = (),
    status: int = 200,
) -> HttpResponse:
    """``still_open``: the keys of the findings that stood against the signature, named at the top of the page."""
    reasons = reasons or page.reasons_form()
    context = {
        "reasons": reasons,
        "causes": [asked for asked in reasons.asked if asked.finding.key in still_open],
        "is_treater": page.session.clinician_id == request.actor.membership_id,
        "meaning": page.meaning_of_signing,
        "form": SignForm(initial={"version": page.session.version, "pictures": digest(page.pictures)}),
        "second_check": check or SecondCheck(request, now=page.now),
    }
    return _show(request, "sign", page, context | _recorded(page), status)


def _view_page(request: StaffRequest, page: SessionPage, *, status: int = 200, **forms: Any) -> HttpResponse:
    session = page.session
    context: dict[str, Any] = {
        "broken": problem_of(session.clinic_id, session.pk) if session.signed_at else None,
        "addenda": session.addenda.select_related("written_by__user"),
        "addendum_form": AddendumForm(),
        "send_back_form": SendBackForm(),
        "second_check": SecondCheck(request, now=page.now),
        **page.picture_forms,
        "papers": session.papers.defer("pdf").select_related("made_by__user"),
        "lost_words": lost_words(page),
    }
    return _show(request, "view", page, context | _recorded(page) | forms, status)


def _recorded(page: SessionPage) -> dict[str, Any]:
    """What the session says, as its document has it."""
    return {"record": page.record, "totals": page.record.totals if page.record else None}


def _refused(request: HttpRequest, refusal: SessionRefusedError) -> HttpResponse:
    return render(request, f"{_TEMPLATES}/refused.html", {"words": str(refusal)}, status=409)
