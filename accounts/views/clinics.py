"""The clinic a person works at: switch to another, change its details."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.changes import clinic_history
from accounts.conflicts import find_conflict, status_of
from accounts.decorators import staff
from accounts.forms import ClinicForm
from accounts.models import Clinic, Membership
from accounts.permissions import Act
from accounts.requests import StaffRequest
from accounts.services import clinics


@staff(Act.OWN_ACCOUNT, methods=("POST",))
def switch(request: StaffRequest, membership_id: UUID) -> HttpResponse:
    own = Membership.objects.of_user(request.actor.user_id).active()
    membership = get_object_or_404(own, pk=membership_id)
    request.session.cycle_key()
    request.session["membership_id"] = str(membership.pk)
    return redirect("/")


@staff(Act.CHANGE_SETTINGS)
def history(request: StaffRequest) -> HttpResponse:
    """Who changed what and when of the clinic's details."""
    return render(request, "accounts/clinic_history.html", {"entries": clinic_history(request.actor)})


@staff(Act.CHANGE_SETTINGS, methods=("GET", "POST"), one_by_one=True)
def settings_page(request: StaffRequest) -> HttpResponse:
    # A copy: a form writes into its instance even when it is refused, and the page still shows the clinic as it is.
    clinic = Clinic.objects.get(pk=request.actor.clinic_id)
    form = ClinicForm(request.POST or None, instance=clinic)
    conflict = find_conflict(request.actor, form, clinic) if form.is_valid() else None
    if form.is_valid() and conflict is None:
        clinics.change_details(by=request.actor, **form.cleaned_data)
        messages.success(request, _("The clinic's details are saved."))
        return redirect("accounts:settings")
    context = {"form": form, "conflict": conflict}
    return render(request, "accounts/settings.html", context, status=status_of(form, conflict))
