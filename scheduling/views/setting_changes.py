"""Which visits a change of the settings touches: asked before it is saved, worked through after, taken back."""

import hashlib
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, made_nothing, saw_list
from common.query_strings import read_query
from common.undo import offer
from scheduling.choices import DESK_KINDS
from scheduling.forms.set_up import SetUpQuery, ZoneQuery
from scheduling.models import Appointment, Room, SettingChange
from scheduling.models.appointments import AppointmentQuerySet
from scheduling.policies import VisitRefusedError
from scheduling.queries import touched_visits
from scheduling.queries.zone_changes import count_to_move, zone_changes
from scheduling.services import setting_changes

SEEN = "touched"
_PER_PAGE = 20


def unseen(request: StaffRequest, visits: Sequence[Appointment]) -> bool:
    """Whether the change touches visits that its sender has not been shown."""
    return bool(visits) and request.POST.get(SEEN) != _key(visits)


def ask_first(request: StaffRequest, template: str, visits: Sequence[Appointment], **context: Any) -> HttpResponse:
    """Show them; nothing is saved yet, and the same form sent on saves it."""
    made_nothing(request)
    _saw(request, visits)
    return render(request, template, {"touched": visits, "touched_key": _key(visits), **context})


def _key(visits: Sequence[Appointment]) -> str:
    return hashlib.sha256(",".join(str(visit.pk) for visit in visits).encode()).hexdigest()[:16]


def saved(request: StaffRequest, change: SettingChange | None, words: str | Promise, *, back: str) -> HttpResponse:
    """Say it, with an undo where something was changed; lead to the visits that have to be moved, if there are any."""
    if change is None:
        messages.success(request, str(words))
        return redirect(back)
    offer(request, str(words), undo_url=reverse("scheduling:undo_setting_change", args=[change.pk]))
    return redirect("scheduling:setting_change", change.pk) if change.visits else redirect(back)


def warn_of_no_room(request: StaffRequest) -> None:
    """Say it when the last room that visits are booked into went out of use."""
    if Room.objects.visible_to(request.actor).are_all_off():
        messages.warning(request, _("No room is in use now: visits are booked without a room until one is."))


@staff(Act.BOOK_VISITS)
def to_move(request: StaffRequest) -> HttpResponse:
    """The changes that touched visits, the newest first; on the first page those of the time zone above them."""
    by, now = request.actor, timezone.now()
    number = read_query(SetUpQuery, request).cleaned_data["page"] or 1
    rows = SettingChange.objects.visible_to(by).that_touched().select_related("made_by__user")
    page = Paginator(rows, _PER_PAGE).get_page(number)
    left = touched_visits.left_of(by, page, now=now)
    context = {
        "page": page,
        "changes": [(change, left[change.pk]) for change in page],
        "zone_changes": zone_changes(by, now=now) if page.number == 1 else [],
        "is_done": page.number == 1 and not count_to_move(by, now=now),
    }
    return render(request, "scheduling/setting_changes.html", context)


@staff(Act.BOOK_VISITS)
def change(request: StaffRequest, change_id: UUID) -> HttpResponse:
    """One change, and its visits to work through."""
    found = _change(request, change_id)
    now = timezone.now()
    visits = touched_visits.visits_of(request.actor, found, now=now)
    _saw(request, [one.visit for one in visits])
    context = {
        "change": found,
        "visits": visits,
        "now": now,
        "left": sum(one.is_open for one in visits),
        "may_undo": found.undone_at is None and _may_undo(request.actor, found),
    }
    return render(request, "scheduling/setting_change.html", context)


def _may_undo(by: Actor, change: SettingChange) -> bool:
    """The desk takes back what it may enter: nothing else of how the clinic is set up."""
    return by.may(Act.ENTER_LEAVE if change.kind in DESK_KINDS else Act.SET_UP_SCHEDULE)


@staff(Act.ENTER_LEAVE, methods=("POST",), one_by_one=True)
def undo(request: StaffRequest, change_id: UUID) -> HttpResponse:
    found = _change(request, change_id)
    if not _may_undo(request.actor, found):
        raise PermissionDenied
    try:
        setting_changes.undo(change=found, by=request.actor, now=timezone.now())
    except VisitRefusedError as refused:
        messages.error(request, refused.words)
    else:
        words = _("Taken back: %(what)s. Visits that were moved meanwhile stay where they are now.")
        messages.success(request, words % {"what": found.title})
        warn_of_no_room(request)
    return redirect("scheduling:setting_change", found.pk)


@staff(Act.BOOK_VISITS)
def zone_visits(request: StaffRequest) -> HttpResponse:
    """Visits to come by the clinic's clock and by that of another time zone; of one change, those to move for it."""
    query, by, now = read_query(ZoneQuery, request).cleaned_data, request.actor, timezone.now()
    rows: Sequence[Appointment] | AppointmentQuerySet = touched_visits.promised(by, now=now)
    zone, one = query["zone"], None
    if query["change"]:
        one = next((found for found in zone_changes(by, now=now) if found.id == query["change"]), None)
        rows, zone = (one.visits, one.was) if one else ((), zone)
    page = Paginator(rows, _PER_PAGE).get_page(query["page"] or 1)
    _saw(request, list(page))
    context = {"page": page, "visits": list(page), "zone": zone or by.clinic.zone, "change_id": query["change"]}
    context["kept"] = urlencode({name: query[name] for name in ("zone", "change") if query[name]})
    return render(request, "scheduling/zone_visits.html", context)


def list_url(request: StaffRequest, change_id: UUID | None) -> str:
    """Where somebody goes back to who moves a visit out of the list of a change; empty without one."""
    if change_id is None:
        return ""
    if SettingChange.objects.visible_to(request.actor).filter(pk=change_id).exists():
        return reverse("scheduling:setting_change", args=[change_id])
    return f"{reverse('scheduling:zone_visits')}?change={change_id}"


def _saw(request: StaffRequest, visits: Sequence[Appointment]) -> None:
    saw_list(request, Appointment._meta.db_table, [visit.patient_id for visit in visits])


def _change(request: StaffRequest, change_id: UUID) -> SettingChange:
    rows = SettingChange.objects.visible_to(request.actor).select_related("made_by__user", "undone_by__user")
    return get_object_or_404(rows, pk=change_id)
