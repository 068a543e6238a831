"""Papers of a session: make a procedure note or a letter, and read again exactly what was made."""

from collections.abc import Callable
from functools import partial
from hashlib import sha256
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import ExportKind
from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, exported, made_nothing, saw
from common.papers import Paper as Sheet
from common.papers import pdf
from sessions.choices import PaperKind
from sessions.forms.papers import LetterForm
from sessions.models import Paper
from sessions.policies.injection_sessions import SessionRefusedError
from sessions.services import papers as service
from sessions.views.injection_session_pages import PEOPLE, SessionPage, get_session
from sessions.views.paper_texts import evidence, procedure_note
from sessions.views.paper_texts import letter as letter_text

_OWN_PAGE_ONLY = "default-src 'none'; sandbox"


@staff(Act.SEE_CHART, methods=("POST",), once=True)
def make_note(request: StaffRequest, session_id: UUID) -> HttpResponse:
    return _keep(request, _page(request, session_id), PaperKind.NOTE, procedure_note)


@staff(Act.SIGN_SESSIONS, methods=("GET", "POST"), once=True)
def letter(request: StaffRequest, session_id: UUID) -> HttpResponse:
    page = _page(request, session_id)
    form = LetterForm(request.POST if request.method == "POST" else None)
    try:
        service.check_can_write_letter(page.session)
    except SessionRefusedError as refusal:
        return _refused(request, page, refusal)
    if form.is_valid():
        write = partial(letter_text, **form.cleaned_data)
        return _keep(request, page, PaperKind.LETTER, write, form.cleaned_data["recipient"])
    session = page.session
    saw(request, "pit_sessions_injectionsession", row_id=session.pk, patient_id=session.patient_id)
    context = {"form": form, "session": session, "banner": page.banner, "evidence": evidence()}
    return render(request, "sessions/papers/letter.html", context, status=422 if form.errors else 200)


@staff(Act.SEE_CHART)
def download(request: StaffRequest, paper_id: UUID) -> HttpResponse:
    """The bytes that were made then; refused when they are no longer what was made."""
    own = Paper.objects.filter(clinic_id=request.actor.clinic_id).select_related("injection_session")
    paper = own.filter(pk=paper_id).first()
    if paper is None:
        raise Http404
    body, patient_id = bytes(paper.pdf), paper.injection_session.patient_id
    if sha256(body).hexdigest() != paper.sha256:
        return render(request, "sessions/papers/broken.html", status=409)
    saw(request, "pit_sessions_paper", row_id=paper.pk, patient_id=patient_id)
    exported(request, "pit_sessions_paper", what=ExportKind.PAPER, patient_id=patient_id, rows=1)
    name = f"{paper.kind}-{timezone.localtime(paper.made_at):%Y-%m-%d}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Security-Policy": _OWN_PAGE_ONLY}
    return HttpResponse(body, content_type="application/pdf", headers=headers)


def _page(request: StaffRequest, session_id: UUID) -> SessionPage:
    return SessionPage(get_session(request.actor, session_id, people=PEOPLE), request.actor, timezone.now())


def _keep(
    request: StaffRequest,
    page: SessionPage,
    kind: PaperKind,
    write: Callable[[SessionPage], Sheet],
    recipient: str = "",
) -> HttpResponse:
    try:
        service.keep(
            injection_session=page.session,
            kind=kind,
            pdf=pdf(write(page)),
            recipient=recipient,
            by=request.actor,
            now=page.now,
        )
    except SessionRefusedError as refusal:
        return _refused(request, page, refusal)
    messages.success(request, _("The PDF is made. It is kept here as it is."))
    return _to_papers(page)


def _refused(request: StaffRequest, page: SessionPage, refusal: SessionRefusedError) -> HttpResponse:
    messages.error(request, str(refusal))
    made_nothing(request)
    return _to_papers(page)


def _to_papers(page: SessionPage) -> HttpResponse:
    return redirect(reverse("sessions:view", args=[page.session.pk]) + "#papers")
