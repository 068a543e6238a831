"""The demo's front door: every made-up person of every made-up clinic, one click each."""

from uuid import UUID

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import public
from accounts.models import Clinic, Membership
from accounts.services import person_events
from audit.models import AuditEvent
from common.tenancy import tenant


def _people() -> dict[Clinic, list[Membership]]:
    """The active members of each synthetic clinic; empty outside demo mode."""
    found: dict[Clinic, list[Membership]] = {}
    if not settings.DEMO_MODE:
        return found
    for clinic in Clinic.objects.filter(is_synthetic=True):
        with tenant(clinic.pk):
            members = Membership.objects.filter(clinic=clinic).active().select_related("user", "clinic")
            found[clinic] = list(members.order_by("role", "user__full_name"))
    return found


@public
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/people.html", {"clinics": list(_people().items())})


@public
@require_POST
def sign_in(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    for members in _people().values():
        for membership in members:
            if membership.pk == membership_id:
                login(request, membership.user, backend=settings.AUTHENTICATION_BACKENDS[0])
                request.session["membership_id"] = str(membership.pk)
                person_events.record(membership.user_id, AuditEvent.Kind.SIGN_IN, how="demo")
                return redirect("home")
    raise Http404
