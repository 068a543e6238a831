"""What is sent after the sign-in has ended is not acted upon, and back in the form for whoever typed it."""

import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.late_typing import KEPT_SECONDS
from accounts.models import Clinic, Membership
from common.tenancy import tenant
from patients.models import Patient

REGISTER = reverse("patients:register")
TYPED = {"family_name": "Sentinelname", "given_names": "Ann", "birth_date": "2 Jan 1970", "password": "geheim"}


@pytest.fixture
def late(clinic: Clinic, staff_client: Callable[..., Client]) -> Any:
    """Somebody of the desk who sends the form of a new patient an hour too late; what the server answered."""
    client = staff_client(Role.FRONT_DESK, clinic=clinic)
    client.get(REGISTER)
    with time_machine.travel(time.time() + 3_600, tick=False):
        answer = client.post(REGISTER, TYPED, headers={"Referer": f"http://testserver{REGISTER}"})
    assert answer.headers["Location"] == f"{reverse('account_login')}?next={REGISTER}"
    return client


def signed_in_again(client: Client, member: Membership, seconds: int = 3_660) -> str:
    """The form's page as it is after signing in with that browser."""
    with time_machine.travel(time.time() + seconds, tick=False):
        client.force_login(member.user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return client.get(REGISTER).text


def test_what_was_typed_is_back_and_nothing_was_saved(late: Any, clinic: Clinic) -> None:
    page = signed_in_again(late, late.member)
    assert '"family_name", ["Sentinelname"]' in page
    assert "geheim" not in page
    with tenant(clinic.pk, actor="test"):
        assert not Patient.objects.exists()


def test_it_is_put_back_once(late: Any) -> None:
    signed_in_again(late, late.member)
    assert "Sentinelname" not in signed_in_again(late, late.member, 3_700)


def test_nobody_else_at_the_same_desk_sees_it(late: Any, clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    other = staff_client(Role.FRONT_DESK, clinic=clinic).member
    assert "Sentinelname" not in signed_in_again(late, other)
    assert "Sentinelname" not in signed_in_again(late, late.member)


def test_it_is_gone_after_half_an_hour(late: Any) -> None:
    assert "Sentinelname" not in signed_in_again(late, late.member, 3_600 + KEPT_SECONDS + 1)


def test_it_does_not_lie_open_in_the_database(late: Any) -> None:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    held = [store(row.session_key).load() for row in Session.objects.all()]
    assert any("late_typing" in one for one in held)
    assert "Sentinelname" not in str(held)


def test_another_page_is_left_alone(late: Any) -> None:
    with time_machine.travel(time.time() + 3_660, tick=False):
        late.force_login(late.member.user, backend=settings.AUTHENTICATION_BACKENDS[0])
        assert "Sentinelname" not in late.get(reverse("patients:list")).text
        assert "Sentinelname" in late.get(REGISTER).text
