"""Switch between the clinics a person works at."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.decorators import staff
from accounts.models import Membership
from accounts.permissions import Act
from accounts.requests import StaffRequest


@staff(Act.OWN_ACCOUNT, methods=("POST",))
def switch(request: StaffRequest, membership_id: UUID) -> HttpResponse:
    own = Membership.objects.of_user(request.user.pk).active()
    membership = get_object_or_404(own, pk=membership_id)
    request.session.cycle_key()
    request.session["membership_id"] = str(membership.pk)
    return redirect("/")
