"""The first people of a deployment come in by a command."""

import pytest
from django.core.management import CommandError, call_command

from accounts.choices import Role
from accounts.models import Clinic, Membership, User
from common.tenancy import tenant
from scheduling.models import VisitType

PERSON = {"email": "Admin@Example.org", "name": "Ada Admin", "role": Role.CLINIC_ADMIN}
DETAILS = {"zone": "Europe/Berlin", "phone": "+4930901820", "urgent_phone": "+4930901821"}


def test_a_new_clinic_gets_its_first_admin(db: None) -> None:
    call_command("add_member", clinic="First", **PERSON, **DETAILS)

    clinic = Clinic.objects.get(name="First")
    with tenant(clinic.pk):
        assert [(member.user.email, member.role) for member in Membership.objects.filter(clinic=clinic)] == [
            ("admin@example.org", Role.CLINIC_ADMIN)
        ]
        assert VisitType.objects.filter(clinic=clinic).exists()
    assert not User.objects.get(email="admin@example.org").has_usable_password()


def test_a_new_clinic_without_its_details_is_refused_and_leaves_nothing(db: None) -> None:
    with pytest.raises(CommandError, match="zone"):
        call_command("add_member", clinic="First", **PERSON)

    assert not Clinic.objects.exists()
    assert not User.objects.exists()


def test_somebody_who_is_a_member_already_gets_the_new_role(db: None) -> None:
    call_command("add_member", clinic="First", **PERSON, **DETAILS)
    call_command("add_member", clinic="First", **{**PERSON, "role": Role.AUDITOR})

    clinic = Clinic.objects.get()
    with tenant(clinic.pk):
        assert Membership.objects.get(clinic=clinic).role == Role.AUDITOR
