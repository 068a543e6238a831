"""The clinic a person works at: switch to another, change its details."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.backups import backup_state
from accounts.changes import clinic_history
from accounts.decorators import staff
from accounts.forms import ClinicForm
from accounts.models import Clinic, Membership, OnCallPerson
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


@staff(Act.CHANGE_SETTINGS, methods=("GET", "POST"))
def settings_page(request: StaffRequest) -> HttpResponse:
    # A copy: a form writes into its instance even when it is refused, and the page still shows the clinic as it is.
    form = ClinicForm(request.POST or None, instance=Clinic.objects.get(pk=request.actor.clinic_id))
    if request.method == "POST" and form.is_valid():
        clinics.change_details(by=request.actor, **form.cleaned_data)
        messages.success(request, _("The clinic's details are saved."))
        return redirect("accounts:settings")
    has_on_call = OnCallPerson.objects.visible_to(request.actor).able().exists()
    backups = None if settings.DEMO_MODE else backup_state(now=timezone.now())
    context = {"form": form, "has_on_call": has_on_call, "backups": backups}
    return render(request, "accounts/settings.html", context, status=422 if form.errors else 200)
