"""Let a visit go somewhere else in the calendar's picture, and take that back: asked and answered in JSON."""

from typing import Any
from uuid import UUID

from django.http import JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest
from scheduling.choices import News
from scheduling.forms.calendars import CalendarQuery, DropForm
from scheduling.models import Appointment
from scheduling.policies import VisitChangedError, VisitRefusedError
from scheduling.queries.calendar_pictures import visit_facts
from scheduling.queries.calendar_visits import of_visit
from scheduling.queries.free_times import FreeTime
from scheduling.queries.telling import Telling, telling
from scheduling.services import appointments, drops
from scheduling.services.places import NotOfferedError, SlotTakenError
from scheduling.views.steps import own_visit
from scheduling.visit_letters import Told

_ASKED = (
    "version",
    "starts_at",
    "clinician",
    "room",
    "is_room_kept",
    "minutes",
    "is_override",
    "reason",
    "double_reason",
)


@staff(Act.BOOK_VISITS, methods=("POST",))
def drop(request: StaffRequest, appointment_id: UUID) -> JsonResponse:
    """Answers ``moved`` with where it is now and how to undo, or ``refused`` with why and what else is possible."""
    visit = own_visit(request, appointment_id)
    form = DropForm(request.POST, by=request.actor, visit=visit)
    if not form.is_valid():
        words = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return _refused(request, visit, words, status=422)
    asked = {name: form.cleaned_data[name] for name in _ASKED}
    # The patient is told of another time, not of another room or another clinician at the same time.
    news = Told(News.MOVED, asked["starts_at"], visit.starts_at)
    tell = _telling(request, visit, news) if _is_later(news) else None
    is_told = tell is not None and tell.is_possible
    try:
        moved = drops.drop(appointment=visit, by=request.actor, now=timezone.now(), tell_patient=is_told, **asked)
    except VisitRefusedError as refused:
        return _explained(request, visit, refused)
    return _moved(request, moved, _("Moved to %(place)s."), tell)


@staff(Act.BOOK_VISITS, methods=("POST",))
def undo(request: StaffRequest, appointment_id: UUID, version: int) -> JsonResponse:
    visit = own_visit(request, appointment_id)
    try:
        back = appointments.undo(appointment=visit, by=request.actor, now=timezone.now(), version=version)
    except VisitRefusedError as refused:
        return _explained(request, visit, refused)
    return _moved(request, back, _("Undone: back to %(place)s."))


@staff(Act.BOOK_VISITS, methods=("POST",))
def keep_quiet(request: StaffRequest, appointment_id: UUID, version: int) -> JsonResponse:
    """The move stands; the patient is not told of it."""
    visit = own_visit(request, appointment_id)
    try:
        drops.keep_quiet(appointment=visit, by=request.actor, now=timezone.now(), version=version)
    except VisitRefusedError as refused:
        return _explained(request, visit, refused)
    return _moved(request, visit, _("The patient is not told. The visit is at %(place)s."))


def _telling(request: StaffRequest, visit: Appointment, news: Told) -> Telling:
    return telling(by=request.actor, patient=visit.patient, told=[news], now=timezone.now())


def _is_later(news: Told) -> bool:
    return news.starts_at != news.was_starts_at


def _moved(request: StaffRequest, visit: Appointment, words: str, tell: Telling | None = None) -> JsonResponse:
    named = {"appointment_id": visit.pk, "version": visit.version}
    said: dict[str, Any] = {
        "state": "moved",
        "words": words % {"place": _place(request, visit)},
        "undo": reverse("scheduling:undo_drop", kwargs=named),
        "visit": _facts(request, visit),
    }
    if tell is not None:
        said["tell"] = _told(tell, reverse("scheduling:keep_quiet", kwargs=named))
    return JsonResponse(said)


def _told(tell: Telling, quiet_url: str) -> dict[str, Any]:
    """Whether the patient hears of it, and the exact words."""
    if not tell.is_possible or tell.letter is None:
        words = _("The patient is not told by the clinic's messages: %(why)s.") % {"why": tell.why_not}
        return {"words": words}
    words = _("The patient is told in three minutes, by e-mail to %(address)s.") % {"address": tell.address}
    return {"words": words, "quiet": quiet_url, "letter": [tell.letter.subject, *tell.letter.paragraphs]}


def _explained(request: StaffRequest, visit: Appointment, refused: VisitRefusedError) -> JsonResponse:
    times = refused.alternatives if isinstance(refused, SlotTakenError) else []
    return _refused(
        request,
        visit,
        refused.words,
        status=409 if isinstance(refused, VisitChangedError | SlotTakenError) else 422,
        times=[_time(request, free) for free in times],
        decide=_decision(refused),
        is_old=isinstance(refused, VisitChangedError),
    )


def _decision(refused: VisitRefusedError) -> dict[str, str] | None:
    """What a person may decide against the refusal, with a reason; None where nothing can be done about it."""
    if isinstance(refused, SlotTakenError) and refused.can_double:
        return {
            "field": "double_reason",
            "label": _("Why both are booked at this time"),
            "button": _("Book it beside the other visit"),
        }
    if isinstance(refused, NotOfferedError):
        return {"field": "reason", "label": _("Why it is booked all the same"), "button": _("Book it all the same")}
    return None


def _refused(request: StaffRequest, visit: Appointment, words: str, *, status: int, **more: Any) -> JsonResponse:
    said = {"state": "refused", "words": words, "move_url": reverse("scheduling:move", args=[visit.pk])}
    return JsonResponse(said | {"visit": _facts(request, visit)} | more, status=status)


def _facts(request: StaffRequest, visit: Appointment) -> dict[str, Any]:
    show = CalendarQuery(request.POST)
    show.is_valid()
    is_by_room = show.cleaned_data.get("show") == "rooms"
    return visit_facts(of_visit(visit, request.actor.zone), is_by_room=is_by_room, may_move=True)


def _place(request: StaffRequest, visit: Appointment) -> str:
    """Day, time, clinician and room; no name: it may be read out loud."""
    when = date_format(visit.starts_at.astimezone(request.actor.zone), "l j F H:i")
    parts = [when, visit.clinician.user.full_name, visit.room.name if visit.room else ""]
    return ", ".join(part for part in parts if part)


def _time(request: StaffRequest, free: FreeTime) -> dict[str, str]:
    when = date_format(free.starts_at.astimezone(request.actor.zone), "D j M H:i")
    parts = [when, free.clinician.user.full_name, free.room.name if free.room else ""]
    return {
        "at": free.starts_at.isoformat(),
        "clinician": str(free.clinician.pk),
        "room": str(free.room.pk) if free.room else "",
        "words": ", ".join(part for part in parts if part),
    }
