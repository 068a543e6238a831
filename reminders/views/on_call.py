"""Who is woken by an urgent report, in order; the admin names them, and a test page shows each that it works."""

from collections.abc import Iterable
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.conflicts import find_conflict, newest_change, status_of
from accounts.decorators import staff
from accounts.models import OnCallPerson
from accounts.permissions import Act
from accounts.requests import StaffRequest
from accounts.services import on_call
from accounts.services.on_call import OnCallRefusedError
from reminders.forms.on_call import AddForm, ChangeMobileForm, MoveForm, RemoveForm
from reminders.queries.alarm_pages import pager_health, recent_tests
from reminders.services import alarm_pages


@staff(Act.SEE_ON_CALL)
def people(request: StaffRequest) -> HttpResponse:
    return _page(request)


@staff(Act.CHANGE_SETTINGS, methods=("POST",), once=True, one_by_one=True)
def add(request: StaffRequest) -> HttpResponse:
    form = AddForm(request.POST, by=request.actor)
    if not form.is_valid():
        return _page(request, add_form=form, status=422)
    said = form.cleaned_data
    try:
        on_call.add(by=request.actor, membership_id=said["membership"].pk, mobile=said["mobile"])
    except OnCallRefusedError as refused:
        form.add_error("membership", str(refused))
        return _page(request, add_form=form, status=422)
    words = _("%(name)s is on call. Send a test page, so that both of you see that it arrives.")
    messages.success(request, words % {"name": said["membership"].user.full_name})
    return redirect("reminders:on_call")


@staff(Act.CHANGE_SETTINGS, methods=("GET", "POST"), one_by_one=True)
def change_mobile(request: StaffRequest, person_id: UUID) -> HttpResponse:
    person = _get(request, person_id)
    form = ChangeMobileForm(request.POST or None, by=request.actor, initial={"mobile": person.mobile})
    conflict = find_conflict(request.actor, form, person) if form.is_valid() else None
    if form.is_valid() and conflict is None:
        on_call.change_mobile(by=request.actor, person_id=person.pk, mobile=form.cleaned_data["mobile"])
        messages.success(request, _("The phone is saved."))
        return redirect("reminders:on_call")
    context = {"form": form, "person": person, "conflict": conflict}
    return render(request, "reminders/on_call_mobile.html", context, status=status_of(form, conflict))


@staff(Act.CHANGE_SETTINGS, methods=("POST",), one_by_one=True)
def move(request: StaffRequest, person_id: UUID) -> HttpResponse:
    person = _get(request, person_id)
    form = MoveForm(request.POST)
    if not form.is_valid():
        raise BadRequest("to")
    if form.cleaned_data["order"] != _order(OnCallPerson.objects.visible_to(request.actor).in_order()):
        return _page(request, moved=newest_change(request.actor, person), is_moved=True, status=409)
    on_call.move(by=request.actor, person_id=person.pk, places=-1 if form.cleaned_data["to"] == "up" else 1)
    return redirect("reminders:on_call")


@staff(Act.CHANGE_SETTINGS, methods=("POST",))
def remove(request: StaffRequest, person_id: UUID) -> HttpResponse:
    """The last one goes only after a warning."""
    person = _get(request, person_id)
    form = RemoveForm(request.POST)
    form.is_valid()
    try:
        on_call.remove(by=request.actor, person_id=person.pk, is_sure=form.cleaned_data["is_sure"])
    except OnCallRefusedError as refused:
        return _page(request, warning=str(refused), to_remove=person, status=409)
    messages.success(request, _("%(name)s is no longer on call.") % {"name": person.membership.user.full_name})
    return redirect("reminders:on_call")


@staff(Act.SEE_ON_CALL, methods=("POST",))
def page_as_test(request: StaffRequest, person_id: UUID) -> HttpResponse:
    person = _get(request, person_id)
    if person.is_able:
        alarm_pages.page_as_test(by=request.actor, person_id=person.pk, now=timezone.now())
        words = _("A test page to %(name)s leaves within a minute. How it ended stands below.")
        messages.success(request, words % {"name": person.membership.user.full_name})
    else:
        messages.warning(request, _("This person can no longer take a report and is not paged."))
    return redirect("reminders:on_call")


def _order(people: Iterable[OnCallPerson]) -> str:
    return ",".join(str(person.pk) for person in people)


def _get(request: StaffRequest, person_id: UUID) -> OnCallPerson:
    return get_object_or_404(OnCallPerson.objects.visible_to(request.actor).in_order(), pk=person_id)


def _page(
    request: StaffRequest, *, add_form: forms.Form | None = None, status: int = 200, **context: object
) -> HttpResponse:
    by = request.actor
    shown = {
        "people": (people := OnCallPerson.objects.visible_to(by).in_order()),
        "order": _order(people),
        "health": pager_health(by, now=timezone.now()),
        "add_form": add_form or AddForm(by=by),
        "tests": recent_tests(by),
        "has_texts": bool(settings.TEXT_MAIL_DOMAIN),
    }
    return render(request, "reminders/on_call.html", {**shown, **context}, status=status)
