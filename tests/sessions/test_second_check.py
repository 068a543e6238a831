"""A signature asks once more who is there: a password or a passkey not older than five minutes."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from scheduling.choices import VisitStatus
from sessions.models import InjectionSession
from sessions.services import injection_sessions as service
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.treatments import a_draft, actor_of

PASSWORD = "correct horse battery staple"


@pytest.fixture
def client(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    user = UserFactory()
    user.set_password(PASSWORD)
    user.save()
    return staff_client(Role.CLINICIAN, clinic=clinic, user=user)


@pytest.fixture
def ready(clinic: Clinic, client: Client) -> InjectionSession:
    """A draft with one open warning: the point has no lot."""
    with tenant(clinic.pk, actor="test"):
        visit = AppointmentFactory(
            clinic=clinic, clinician=client.member, status=VisitStatus.ARRIVED, starts_at=timezone.now()
        )
        by = actor_of(visit.clinician)
        session = service.start(appointment=visit, by=by, now=timezone.now())
        draft = a_draft(reasons={})
        return service.save_draft(injection_session=session, version=1, draft=draft, by=by, now=timezone.now())


def signed_in(client: Client, *, seconds_ago: float, **record: str) -> None:
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time() - 3_000},
        {**(record or {"method": "password"}), "at": time.time() - seconds_ago},
    ]
    session.save()


def url(session: InjectionSession) -> str:
    return reverse("sessions:sign", args=[session.pk])


def typed(client: Client, session: InjectionSession) -> dict[str, str]:
    """The sign page's form with a reason beside its one open finding."""
    page = client.get(url(session)).content.decode()
    (name,) = set(re.findall(r'name="(reason-[0-9a-f]+)"', page))
    return {"version": "2", name: "Typed with care"}


def status_of(clinic: Clinic) -> str:
    with tenant(clinic.pk, actor="test"):
        return InjectionSession.objects.get().status


def test_a_fresh_sign_in_signs_without_being_asked(clinic: Clinic, client: Client, ready: InjectionSession) -> None:
    signed_in(client, seconds_ago=290)
    assert "Is it still you?" not in client.get(url(ready)).content.decode()

    assert client.post(url(ready), typed(client, ready)).status_code == 302
    assert status_of(clinic) == "signed"


@pytest.mark.parametrize(
    "record", [{}, {"method": "mfa", "type": "webauthn"}, {"method": "mfa", "type": "totp"}], ids=str
)
def test_an_old_sign_in_is_asked_on_the_page_and_keeps_what_was_typed(
    clinic: Clinic, client: Client, ready: InjectionSession, record: dict[str, str]
) -> None:
    signed_in(client, seconds_ago=310, **record)
    assert "Is it still you?" in client.get(url(ready)).content.decode()

    refused = client.post(url(ready), typed(client, ready))

    assert refused.status_code == 422
    assert "Typed with care" in refused.content.decode()
    assert status_of(clinic) == "draft"


def test_a_code_from_an_app_alone_does_not_sign(clinic: Clinic, client: Client, ready: InjectionSession) -> None:
    signed_in(client, seconds_ago=5, method="mfa", type="totp")
    assert client.post(url(ready), typed(client, ready)).status_code == 422


def test_a_fresh_passkey_signs(clinic: Clinic, client: Client, ready: InjectionSession) -> None:
    signed_in(client, seconds_ago=5, method="mfa", type="webauthn")
    assert client.post(url(ready), typed(client, ready)).status_code == 302


def test_the_password_in_the_same_form_signs(clinic: Clinic, client: Client, ready: InjectionSession) -> None:
    signed_in(client, seconds_ago=310)

    signed = client.post(url(ready), typed(client, ready) | {"password": PASSWORD})

    assert signed.status_code == 302
    assert status_of(clinic) == "signed"


def test_a_wrong_password_does_not_and_is_not_shown_again(
    clinic: Clinic, client: Client, ready: InjectionSession
) -> None:
    signed_in(client, seconds_ago=310)

    refused = client.post(url(ready), typed(client, ready) | {"password": "not this one"})

    assert refused.status_code == 422
    assert "not this one" not in refused.content.decode()
    assert "Typed with care" in refused.content.decode()
    assert status_of(clinic) == "draft"


def test_guessing_is_limited(clinic: Clinic, client: Client, ready: InjectionSession) -> None:
    signed_in(client, seconds_ago=310)
    body = typed(client, ready)
    for _try in range(10):
        client.post(url(ready), body | {"password": "not this one"})

    refused = client.post(url(ready), body | {"password": PASSWORD})

    assert "Too many" in refused.content.decode()
    assert status_of(clinic) == "draft"


def test_going_to_the_passkey_keeps_what_was_typed_in_the_draft(
    clinic: Clinic, client: Client, ready: InjectionSession
) -> None:
    Authenticator.objects.create(
        user=client.member.user, type=Authenticator.Type.WEBAUTHN, data={"name": "x", "credential": {}}
    )
    signed_in(client, seconds_ago=310)

    sent = client.post(url(ready), typed(client, ready) | {"act": "passkey"})

    assert "webauthn/reauthenticate" in sent.headers["Location"]
    assert url(ready).strip("/").split("/")[-2] in sent.headers["Location"]
    assert "Typed with care" in client.get(url(ready)).content.decode()
    assert status_of(clinic) == "draft"


def test_the_demo_says_that_it_asks_for_nothing(client: Client, ready: InjectionSession, settings: Any) -> None:
    settings.SECOND_CHECK_SECONDS = None
    signed_in(client, seconds_ago=9_000)
    page = client.get(url(ready)).content.decode()
    assert "signing asks for none" in page
    assert "Is it still you?" not in page


def test_who_signed_and_when_come_from_the_sign_in_alone(
    clinic: Clinic, client: Client, ready: InjectionSession
) -> None:
    signed_in(client, seconds_ago=5)
    with tenant(clinic.pk, actor="test"):
        other = MembershipFactory(clinic=clinic)
    forged = {
        "signed_by": str(other.pk),
        "signed_by_id": str(other.pk),
        "signed_at": "2020-01-01T00:00:00Z",
        "content_sha256": "0" * 64,
        "status": "voided",
        "clinic_id": str(other.clinic_id),
        "note": "forged",
    }

    client.post(url(ready), typed(client, ready) | forged)

    with tenant(clinic.pk, actor="test"):
        stored = InjectionSession.objects.get()
    assert (stored.status, stored.signed_by_id, stored.note) == ("signed", client.member.pk, "")
    assert stored.content_sha256 != "0" * 64
    assert stored.signed_at.year >= 2026
