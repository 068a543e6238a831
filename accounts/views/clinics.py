"""The clinic a person works at: switch to another, change its details."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.changes import clinic_history
from accounts.conflicts import find_conflict, status_of
from accounts.decorators import staff
from accounts.forms import ClinicForm, CountryQuery
from accounts.models import Clinic, Membership
from accounts.permissions import Act
from accounts.requests import StaffRequest
from accounts.services import clinics
from common.query_strings import read_query
from common.undo import offer


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
    query = read_query(CountryQuery, request).cleaned_data
    if query["country"] and request.method == "GET":
        form = ClinicForm.proposed(country=query["country"], clinic=clinic)
        return render(request, "accounts/settings.html", {"form": form})
    zone_was = clinic.zone
    form = ClinicForm(request.POST or None, instance=clinic)
    conflict = find_conflict(request.actor, form, clinic) if form.is_valid() else None
    if not form.is_valid() or conflict is not None:
        context = {"form": form, "conflict": conflict, "zone_was": query["was"]}
        return render(request, "accounts/settings.html", context, status=status_of(form, conflict))
    zone = form.cleaned_data["zone"]
    if zone not in {zone_was, request.POST.get("zone_seen")}:
        return render(request, "accounts/settings.html", {"form": form, "zone_asked": zone})
    if clinics.change_details(by=request.actor, **form.cleaned_data):
        offer(request, _("The clinic's details are saved."), undo_url=reverse("accounts:undo_details"))
    else:
        messages.info(request, _("Nothing was changed."))
    if zone == zone_was:
        return redirect("accounts:settings")
    return redirect(f"{reverse('accounts:settings')}?{urlencode({'was': zone_was})}")


@staff(Act.CHANGE_SETTINGS, methods=("POST",), one_by_one=True)
def undo_details(request: StaffRequest) -> HttpResponse:
    """Take the own last save back, all of it."""
    if clinics.undo_details(by=request.actor):
        messages.success(request, _("The clinic's details are as they were before."))
    else:
        messages.error(request, _("Somebody changed this since. Look at how it stands now, and change it there."))
    return redirect("accounts:settings")
