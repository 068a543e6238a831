"""Who merges whom, and who looks at their pages."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from patients.models import (
    Patient,
)
from tests.factories.accounts import MembershipFactory
from tests.factories.patients import PatientFactory
from tests.factories.treatments import actor_of
from tests.patients.people import Inside, register
from tests.staff import StaffClient


@pytest.fixture
def by(in_clinic: Clinic) -> Actor:
    return actor_of(MembershipFactory(clinic=in_clinic, role="clinic_admin"))


@pytest.fixture
def survivor(in_clinic: Clinic) -> Patient:
    return PatientFactory(clinic=in_clinic, family_name="Stays")


@pytest.fixture
def merged(in_clinic: Clinic) -> Patient:
    return PatientFactory(clinic=in_clinic, family_name="Goes")


@pytest.fixture
def inside(clinic: Clinic) -> Inside:
    return lambda: tenant(clinic.pk, actor="test")


@pytest.fixture
def desk(staff_client: Callable[..., StaffClient], clinic: Clinic) -> StaffClient:
    return staff_client(Role.FRONT_DESK, clinic=clinic)


@pytest.fixture
def admin(staff_client: Callable[..., Client], clinic: Clinic) -> Client:
    return staff_client(Role.CLINIC_ADMIN, clinic=clinic)


@pytest.fixture
def pair(clinic: Clinic) -> tuple[Patient, Patient]:
    return register(clinic, "Anna", "Schmidt"), register(clinic, "Ana", "Schmitt", date(1970, 7, 5))
