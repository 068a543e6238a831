"""A page shows times as the wall clock of the clinic does."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.choices import Role
from accounts.middleware import ActorMiddleware
from accounts.models import Clinic


def test_a_view_runs_in_the_zone_of_the_clinic_and_leaves_none_behind(
    clinic: Clinic, staff_client: Callable[..., Client]
) -> None:
    client = staff_client(Role.CLINICIAN, clinic=clinic)
    request = RequestFactory().get("/")
    request.user, request.session = client.member.user, client.session  # type: ignore[attr-defined]
    zones: list[str] = []

    def view(_request: HttpRequest) -> HttpResponse:
        zones.append(timezone.get_current_timezone_name())
        return HttpResponse()

    ActorMiddleware(view)(request)
    assert zones == ["Europe/Berlin"]
    assert timezone.get_current_timezone_name() == "UTC"
