"""Before a signature, once more: the passkey of the person at the tablet, in a real browser."""

import time
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from scheduling.choices import VisitStatus
from sessions.models import InjectionSession
from sessions.services import injection_sessions as service
from tests.factories.accounts import UserFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.treatments import SolutionLotFactory, a_draft, actor_of
from tests.look.test_passkey import PASSWORD, make_authenticator
from tests.sessions.conftest import Open
from tests.sessions.test_session_browser import violations

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def client(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    user = UserFactory()
    user.set_password(PASSWORD)
    user.save()
    return staff_client(Role.CLINICIAN, clinic=clinic, user=user)


@pytest.fixture
def ready(clinic: Clinic, client: Client) -> InjectionSession:
    now = timezone.now()
    with tenant(clinic.pk, actor="test"):
        member = client.member  # type: ignore[attr-defined]
        visit = AppointmentFactory(clinic=clinic, clinician=member, status=VisitStatus.ARRIVED, starts_at=now)
        session = service.start(appointment=visit, by=actor_of(member), now=now)
        draft = a_draft(lot=SolutionLotFactory(clinic=clinic))
        return service.save_draft(injection_session=session, version=1, draft=draft, by=actor_of(member), now=now)


def grow_old(client: Client) -> None:
    """Everything the person has shown of themselves is ten minutes old."""
    session = client.session
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [{**record, "at": time.time() - 600} for record in records]
    session.save()


def add_passkey(page: Page) -> None:
    page.goto(reverse("mfa_add_webauthn"))
    page.get_by_role("textbox", name="Name").fill("The tablet")
    page.get_by_role("button", name="Add passkey").click()
    page.wait_for_url(lambda url: "webauthn/add" not in url)


def test_a_signature_is_given_with_a_passkey(
    clinic: Clinic, client: Client, ready: InjectionSession, open_page: Open
) -> None:
    sign, record = (reverse(f"sessions:{name}", args=[ready.pk]) for name in ("sign", "view"))
    page = open_page(record, client=client, viewport={"width": 820, "height": 1180})
    make_authenticator(page)
    add_passkey(page)
    grow_old(client)

    page.goto(sign)
    expect(page.get_by_role("heading", name="Is it still you?")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/webauthn/reauthenticate/**")
    page.get_by_role("button", name="Use a passkey").click()

    page.wait_for_url(f"**{sign}")
    expect(page.get_by_role("heading", name="Is it still you?")).to_have_count(0)
    page.get_by_role("button", name="Sign", exact=True).click()
    page.wait_for_url(f"**{record}")
    with tenant(clinic.pk):
        assert InjectionSession.objects.get().status == "signed"
