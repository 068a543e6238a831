"""Where a person lands after signing in: the page their role works on."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest


@staff(Act.OWN_ACCOUNT)
def home(request: StaffRequest) -> HttpResponse:
    if request.actor.may(Act.SEE_TODAY):
        return redirect("scheduling:today")
    if request.actor.may(Act.SEE_AUDIT):
        return redirect("sessions:audit_log")
    return render(request, "home.html")
