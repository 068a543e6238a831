"""Patients to ask back: the lists, one call, who takes care of it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw, saw_list
from common.query_strings import read_query
from common.undo import offer
from common.wall_clock import local_day
from patients.queries.banners import banner
from sessions.choices import RecallKind
from sessions.forms.visit_recalls import CallForm, RecallQuery, RestForm
from sessions.models import InjectionSession, VisitRecall
from sessions.policies.visit_recalls import RecallRefusedError
from sessions.queries import visit_recalls as queries
from sessions.queries.side_effects import phones_of
from sessions.services import visit_recalls


@staff(Act.SEE_WORKLISTS)
def recalls(request: StaffRequest) -> HttpResponse:
    """One list for each reason; whoever books a visit leaves it by itself."""
    query = read_query(RecallQuery, request).cleaned_data
    kind = RecallKind(query["kind"] or RecallKind.NOT_BOOKED)
    now = timezone.now()
    page = queries.recall_page(request.actor, kind, now=now, number=query["page"] or 1)
    saw_list(request, "pit_sessions_injectionsession", [row.patient_id for row in page.rows])
    context = {
        "kind": kind,
        "counts": queries.recall_counts(request.actor, now=now),
        "now": now,
        "page": page,
        "visit_type_id": queries.type_to_book(request.actor, kind),
    }
    return render(request, "sessions/visit_recalls/list.html", context)


@staff(Act.COMPLETE_FOLLOW_UPS, methods=("GET", "POST"), once=True)
def call(request: StaffRequest, recall_kind: str, signed_session_id: UUID) -> HttpResponse:
    """The phone and the outcome; noting it lands on the list, for the next call."""
    session, kind = _get(request, recall_kind, signed_session_id)
    form = CallForm(request.POST or None)
    if request.method != "POST":
        return _page(request, session, kind, form)
    if not form.is_valid():
        return _page(request, session, kind, form, status=422)
    try:
        visit_recalls.note_call(session=session, kind=kind, by=request.actor, now=timezone.now(), **form.cleaned_data)
    except RecallRefusedError as refused:
        form.add_error("again_date", str(refused))
        return _page(request, session, kind, form, status=422)
    messages.success(request, _("The call is noted."))
    return _to_list(kind)


@staff(Act.COMPLETE_FOLLOW_UPS, methods=("POST",))
def take(request: StaffRequest, recall_kind: str, signed_session_id: UUID) -> HttpResponse:
    return _act(request, recall_kind, signed_session_id, visit_recalls.take, _("It is yours."), undo="give_back")


@staff(Act.COMPLETE_FOLLOW_UPS, methods=("POST",))
def give_back(request: StaffRequest, recall_kind: str, signed_session_id: UUID) -> HttpResponse:
    words = _("It waits for somebody to take it.")
    return _act(request, recall_kind, signed_session_id, visit_recalls.give_back, words)


@staff(Act.COMPLETE_FOLLOW_UPS, methods=("POST",))
def wake(request: StaffRequest, recall_kind: str, signed_session_id: UUID) -> HttpResponse:
    return _act(request, recall_kind, signed_session_id, visit_recalls.wake, _("It is on the list again."))


@staff(Act.COMPLETE_FOLLOW_UPS, methods=("POST",))
def rest(request: StaffRequest, recall_kind: str, signed_session_id: UUID) -> HttpResponse:
    session, kind = _get(request, recall_kind, signed_session_id)
    form = RestForm(request.POST)
    if not form.is_valid():
        return _page(request, session, kind, CallForm(), rest_form=form, status=422)
    day = form.cleaned_data["day"]
    try:
        visit_recalls.rest_until(session=session, kind=kind, day=day, by=request.actor, now=timezone.now())
    except RecallRefusedError as refused:
        form.add_error("day", str(refused))
        return _page(request, session, kind, CallForm(), rest_form=form, status=422)
    offer(request, _("It rests until that day."), undo_url=_address("wake", kind, session))
    return _to_list(kind)


def _get(request: StaffRequest, recall_kind: str, session_id: UUID) -> tuple[InjectionSession, RecallKind]:
    if recall_kind not in RecallKind.values:
        raise Http404
    sessions = InjectionSession.objects.visible_to(request.actor).filter(signed_at__isnull=False)
    return get_object_or_404(sessions, pk=session_id), RecallKind(recall_kind)


def _address(act: str, kind: RecallKind, session: InjectionSession) -> str:
    return reverse(f"sessions:{act}_recall", args=[kind.value, session.pk])


def _to_list(kind: RecallKind) -> HttpResponse:
    return redirect(f"{reverse('sessions:recalls')}?kind={kind.value}")


def _act(
    request: StaffRequest,
    recall_kind: str,
    session_id: UUID,
    service: Callable[..., VisitRecall],
    done: str,
    undo: str = "",
) -> HttpResponse:
    session, kind = _get(request, recall_kind, session_id)
    service(session=session, kind=kind, by=request.actor)
    if undo:
        offer(request, done, undo_url=_address(undo, kind, session))
    else:
        messages.success(request, done)
    return _to_list(kind)


def _page(
    request: StaffRequest,
    session: InjectionSession,
    kind: RecallKind,
    form: CallForm,
    *,
    rest_form: RestForm | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = request.actor
    saw(request, "patients_contactpoint", patient_id=session.patient_id)
    context: dict[str, Any] = {
        "session": session,
        "kind": kind,
        "form": form,
        "rest_form": rest_form or RestForm(),
        "state": queries.state_of(actor, session, kind),
        "calls": queries.calls_of(actor, session, kind),
        "phones": phones_of(actor, session.patient_id),
        "visit_type_id": queries.type_to_book(actor, kind),
        "banner": banner(actor, session.patient_id, today=local_day(timezone.now(), actor.zone)),
    }
    return render(request, "sessions/visit_recalls/call.html", context, status=status)
