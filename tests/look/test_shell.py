"""The shell around every staff page: the clinic switch, the menu, sign-out by a button."""

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from tests.factories.accounts import MembershipFactory


def test_a_person_of_two_clinics_can_switch_between_them(
    clinic: Clinic, other_clinic: Clinic, staff_client: Callable[..., Client]
) -> None:
    client = staff_client(Role.CLINIC_ADMIN, clinic=clinic)
    with tenant(other_clinic.pk, actor="test"):
        other = MembershipFactory(clinic=other_clinic, role=Role.CLINIC_ADMIN, user=client.member.user)  # type: ignore[attr-defined]
    switch = reverse("accounts:switch_clinic", args=[other.pk])
    page = client.get(reverse("accounts:settings"))
    assert f'formaction="{switch}"' in page.content.decode()
    client.post(switch)
    page = client.get(reverse("accounts:settings"))
    assert f'<span class="clinic-name">{other_clinic.name}</span>' in page.content.decode()


def test_a_person_of_one_clinic_sees_its_name_and_no_switch(
    clinic: Clinic, staff_client: Callable[..., Client]
) -> None:
    page = staff_client(Role.CLINIC_ADMIN, clinic=clinic).get(reverse("accounts:settings")).content.decode()
    assert clinic.name in page
    assert "clinic-menu" not in page


def test_signing_out_is_a_button_not_a_link(clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    page = staff_client(Role.CLINIC_ADMIN, clinic=clinic).get(reverse("accounts:settings")).content.decode()
    assert f'<form action="{reverse("account_logout")}" method="post">' in page
    assert f'href="{reverse("account_logout")}"' not in page
