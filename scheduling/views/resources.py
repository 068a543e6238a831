"""Set up what else a booking depends on: equipment, closures, extra hours, credentials, a person's limits."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.conflicts import Conflict, find_conflict, status_of
from accounts.decorators import staff
from accounts.models import Membership
from accounts.permissions import Act
from accounts.requests import StaffRequest
from common.seen_forms import SEEN
from scheduling.forms.resources import BookingRuleForm, ClosureForm, CredentialForm, EquipmentForm, ExtraHoursForm
from scheduling.models import BookingRule, Closure, Credential, Equipment, ExtraHours, VisitType
from scheduling.policies import VisitRefusedError
from scheduling.queries import touched_visits
from scheduling.services import resources
from scheduling.services import setting_changes as changing
from scheduling.views import setting_changes
from scheduling.views.removed import removed_already
from scheduling.views.set_up import warn_of_unheld
from scheduling.views.times import refuse


@staff(Act.SET_UP_SCHEDULE)
def overview(request: StaffRequest) -> HttpResponse:
    by, now = request.actor, timezone.now()
    rules = {rule.member_id: rule for rule in BookingRule.objects.visible_to(by)}
    people = Membership.objects.visible_to(by).active().select_related("user").order_by("user__full_name", "pk")
    credentials = Credential.objects.visible_to(by).select_related("clinician__user", "technique")
    extra_hours = ExtraHours.objects.visible_to(by).filter(day__gte=timezone.localdate())
    context = {
        "equipment": Equipment.objects.visible_to(by),
        "closures": Closure.objects.visible_to(by).filter(ends_at__gt=now),
        "extra_hours": extra_hours.select_related("clinician__user").order_by("day", "start_time", "id"),
        "credentials": credentials.order_by("clinician__user__full_name", "technique__name", "id"),
        "people": [(member, rules.get(member.pk)) for member in people],
        "today": timezone.localdate(),
    }
    return render(request, "scheduling/resources.html", context)


FORM = "scheduling/resource_form.html"


def _page(
    request: StaffRequest, form: forms.BaseForm, title: str | Promise, conflict: Conflict | None = None
) -> HttpResponse:
    context = {"form": form, "title": title, "conflict": conflict}
    return render(request, FORM, context, status=status_of(form, conflict))


def _saved(request: StaffRequest, words: str | Promise) -> HttpResponse:
    messages.success(request, str(words))
    return redirect("scheduling:resources")


@staff(Act.SET_UP_SCHEDULE, methods=("GET", "POST"), once=True, one_by_one=True)
def equipment(request: StaffRequest, equipment_id: UUID | None = None) -> HttpResponse:
    rows = Equipment.objects.visible_to(request.actor)
    own = get_object_or_404(rows, pk=equipment_id) if equipment_id else Equipment()
    form = EquipmentForm(request.POST or None, instance=own)
    conflict = find_conflict(request.actor, form, own) if equipment_id and form.is_valid() else None
    if form.is_valid() and conflict is None:
        try:
            resources.save_equipment(equipment=form.instance, by=request.actor)
        except VisitRefusedError as refused:
            refuse(form, refused)
        else:
            return _saved(request, _("The equipment is saved."))
    return _page(request, form, _("Change equipment") if equipment_id else _("Add equipment"), conflict)


@staff(Act.SET_UP_SCHEDULE, methods=("GET", "POST"), once=True)
def closure(request: StaffRequest) -> HttpResponse:
    by, now, title = request.actor, timezone.now(), _("Close the clinic")
    form = ClosureForm(request.POST or None, by=by)
    if not form.is_valid():
        return _page(request, form, title)
    said = {name: form.cleaned_data[name] for name in ("name", "starts_at", "ends_at")}
    visits = touched_visits.between(by, (said["starts_at"], said["ends_at"]), now=now)
    if setting_changes.unseen(request, visits):
        return setting_changes.ask_first(request, FORM, visits, form=form, title=title)
    change = changing.close(by=by, now=now, **said)
    return setting_changes.saved(request, change, _("The closure is saved."), back="scheduling:resources")


@staff(Act.SET_UP_SCHEDULE, methods=("POST",))
def remove_closure(request: StaffRequest, closure_id: UUID) -> HttpResponse:
    own = Closure.objects.visible_to(request.actor).filter(pk=closure_id).first()
    if own is None:
        return removed_already(request, Closure, closure_id, back="scheduling:resources")
    changing.take_away(row=own, by=request.actor, now=timezone.now())
    return _saved(request, _("The closure is removed."))


@staff(Act.SET_UP_SCHEDULE, methods=("GET", "POST"), once=True)
def extra_hours(request: StaffRequest) -> HttpResponse:
    form = ExtraHoursForm(request.POST or None, by=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            resources.add_extra_hours(by=request.actor, **form.cleaned_data)
        except VisitRefusedError as refused:
            refuse(form, refused)
        else:
            return _saved(request, _("The hours are saved."))
    return _page(request, form, _("Add hours of one day"))


@staff(Act.SET_UP_SCHEDULE, methods=("POST",))
def remove_extra_hours(request: StaffRequest, extra_id: UUID) -> HttpResponse:
    by, now = request.actor, timezone.now()
    own = ExtraHours.objects.visible_to(by).select_related("clinician__user").filter(pk=extra_id).first()
    if own is None:
        return removed_already(request, ExtraHours, extra_id, back="scheduling:resources")
    visits = touched_visits.losing_hours(by, own, now=now)
    if setting_changes.unseen(request, visits):
        context = {"title": _("Remove hours of one day"), "back_url": reverse("scheduling:resources")}
        return setting_changes.ask_first(request, "scheduling/touched.html", visits, **context)
    change = changing.remove_extra_hours(extra=own, by=by, now=now)
    return setting_changes.saved(request, change, _("The hours are removed."), back="scheduling:resources")


@staff(Act.SET_UP_SCHEDULE, methods=("GET", "POST"), once=True, one_by_one=True)
def credential(request: StaffRequest) -> HttpResponse:
    """A credential that is there already is not replaced before somebody saw it."""
    initial = {"valid_from_date": timezone.localdate()}
    form = CredentialForm(request.POST or None, by=request.actor, initial=initial)
    conflict = _credential_conflict(request, form) if form.is_valid() else None
    if form.is_valid() and conflict is None:
        try:
            resources.trust(by=request.actor, **form.cleaned_data)
        except VisitRefusedError as refused:
            refuse(form, refused)
        else:
            return _saved(request, _("The credential is saved."))
    return _page(request, form, _("Add a credential"), conflict)


def _credential_conflict(request: StaffRequest, form: CredentialForm) -> Conflict | None:
    said = form.cleaned_data
    rows = Credential.objects.visible_to(request.actor)
    there = rows.filter(clinician=said["clinician"], technique=said["technique"]).first()
    if there is None:
        return None
    form.stand(model_to_dict(there, fields=[name for name in form.fields if name != SEEN]))
    return find_conflict(request.actor, form, there)


@staff(Act.SET_UP_SCHEDULE, methods=("POST",))
def remove_credential(request: StaffRequest, credential_id: UUID) -> HttpResponse:
    own = Credential.objects.visible_to(request.actor).filter(pk=credential_id).first()
    if own is None:
        return removed_already(request, Credential, credential_id, back="scheduling:resources")
    resources.end_trust(credential=own)
    for visit_type in VisitType.objects.visible_to(request.actor).filter(technique=own.technique_id):
        warn_of_unheld(request, visit_type)
    return _saved(request, _("The credential is removed. Visits already booked stay."))


@staff(Act.SET_UP_SCHEDULE, methods=("GET", "POST"), one_by_one=True)
def booking_rule(request: StaffRequest, membership_id: UUID) -> HttpResponse:
    people = Membership.objects.visible_to(request.actor).active().select_related("user")
    member = get_object_or_404(people, pk=membership_id)
    own = BookingRule.objects.visible_to(request.actor).filter(member=member).first() or BookingRule(member=member)
    initial = {"max_treatments_per_day": own.max_treatments_per_day, "can_chaperone": own.can_chaperone}
    # A page may send nothing but unticked boxes.
    form = BookingRuleForm(request.POST if request.method == "POST" else None, initial=initial)
    conflict = find_conflict(request.actor, form, own) if form.is_valid() else None
    if form.is_valid() and conflict is None:
        resources.limit(member=member, by=request.actor, **form.cleaned_data)
        return _saved(request, _("The limits are saved."))
    return _page(request, form, _("Limits of %(name)s") % {"name": member.user.full_name}, conflict)
