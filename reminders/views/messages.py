"""Every message planned, sent, skipped or failed, by day and by patient, with what a person can do about it."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages as notices
from django.core.paginator import Paginator
from django.http import HttpResponse
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
from patients.models import Patient
from patients.quiet_hours import QUIET_FROM, QUIET_UNTIL
from reminders import queries
from reminders.forms import EndHold, MessagesQuery, WhereFrom
from reminders.models import Message
from reminders.policies import MessageRefusedError
from reminders.services import messages, outbox_holds

PAGE = 50
Deed = Callable[..., Message]


@staff(Act.SEE_MESSAGES)
def messages_page(request: StaffRequest) -> HttpResponse:
    """One day's messages; those that need somebody are shown for thirty days, those that are held all."""
    query, now = read_query(MessagesQuery, request), timezone.now()
    state = query.cleaned_data["state"]
    day = query.cleaned_data["day"]
    if day is None and state not in ("stuck", "held"):
        day = local_day(now, ZoneInfo(request.actor.clinic.zone))
    rows = queries.messages_of_clinic(request.actor, day=day, state=state, now=now)
    hold = queries.open_hold(request.actor)
    page = Paginator(rows, PAGE).get_page(query.cleaned_data["page"])
    saw_list(request, "reminders_message", [message.patient_id for message in page])
    context = {
        "hold": hold,
        "held": queries.held_count(request.actor) if hold else 0,
        "page": page,
        "rows": queries.with_addresses(request.actor, list(page), now=now),
        "query": query,
        "day": day,
        "state": state,
        "quiet_from": QUIET_FROM,
        "quiet_until": QUIET_UNTIL,
        "pulse": queries.pulse(request.actor, now=now),
        "stuck": queries.stuck_count(request.actor, now=now),
    }
    return render(request, "reminders/messages.html", context)


@staff(Act.SEE_MESSAGES)
def patient_messages(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    patient = get_object_or_404(Patient.objects.visible_to(request.actor), pk=patient_id)
    query = read_query(MessagesQuery, request)
    rows = queries.messages_of_patient(request.actor, patient.pk)
    saw(request, "reminders_message", patient_id=patient.pk)
    page = Paginator(rows, PAGE).get_page(query.cleaned_data["page"])
    now = timezone.now()
    context = {
        "page": page,
        "rows": queries.with_addresses(request.actor, list(page), now=now),
        "patient": patient,
        "pulse": queries.pulse(request.actor, now=now),
        "why_nothing": queries.why_nothing_goes_out(request.actor, patient, now=now),
    }
    return render(request, "reminders/patient_messages.html", context)


@staff(Act.SEND_MESSAGES, methods=("POST",))
def send_now(request: StaffRequest, message_id: UUID) -> HttpResponse:
    return _do(request, message_id, messages.send_now, _("The message leaves within a minute."), undo="hold")


@staff(Act.SEND_MESSAGES, methods=("POST",))
def hold(request: StaffRequest, message_id: UUID) -> HttpResponse:
    return _do(request, message_id, messages.hold, _("It does not leave now."))


@staff(Act.SEND_MESSAGES, methods=("POST",))
def stop(request: StaffRequest, message_id: UUID) -> HttpResponse:
    return _do(request, message_id, messages.stop, _("This message is stopped."), undo="resume")


@staff(Act.SEND_MESSAGES, methods=("POST",))
def resume(request: StaffRequest, message_id: UUID) -> HttpResponse:
    return _do(request, message_id, messages.resume, _("This message is planned again."), undo="stop")


@staff(Act.CHANGE_SETTINGS, methods=("POST",))
def end_hold(request: StaffRequest) -> HttpResponse:
    """After a restore: what is still held is sent or stopped, and messages leave by themselves again."""
    form = EndHold(request.POST)
    if form.is_valid():
        is_sent = form.cleaned_data["held"] == "send"
        try:
            outbox_holds.end(by=request.actor, now=timezone.now(), is_sent=is_sent)
        except MessageRefusedError as refusal:
            notices.error(request, str(refusal))
        else:
            notices.success(request, _("The hold has ended: messages leave by themselves again."))
    return redirect("reminders:messages")


def _do(request: StaffRequest, message_id: UUID, deed: Deed, said: str, *, undo: str = "") -> HttpResponse:
    message = get_object_or_404(Message.objects.visible_to(request.actor), pk=message_id)
    now: datetime = timezone.now()
    try:
        done = deed(message_id=message.pk, by=request.actor, now=now)
    except MessageRefusedError as refusal:
        notices.error(request, str(refusal))
    else:
        if undo:
            offer(request, said, undo_url=reverse(f"reminders:{undo}", args=[done.pk]))
        else:
            notices.success(request, said)
    where = WhereFrom(request.POST)
    if where.is_valid() and where.cleaned_data["of_patient"]:
        return redirect("reminders:patient", patient_id=message.patient_id)
    return redirect("reminders:messages")
