"""Visits of a practice as the tests of its pages need them."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from accounts.choices import Role
from common.tenancy import tenant
from scheduling.models import Appointment
from tests.factories.scheduling import AppointmentFactory
from tests.scheduling.conftest import Practice, at

SignIn = Callable[..., Client]


ROLES = [Role.FRONT_DESK, Role.CLINICIAN, Role.CLINIC_ADMIN]


def a_visit(practice: Practice, **changes: Any) -> Appointment:
    given = {
        "clinic": practice.clinic,
        "patient": practice.patient,
        "clinician": practice.clinician,
        "room": practice.room,
        "visit_type": practice.visit_type,
        "starts_at": at(9),
    }
    with tenant(practice.clinic.pk, actor="test"):
        return AppointmentFactory(**(given | changes))


def again(visit: Appointment) -> Appointment:
    with tenant(visit.clinic_id):
        visit.refresh_from_db()
    return visit


def visits_at_once(practice: Practice, count: int) -> None:
    """Visits at eight, each with a patient and a clinician of its own."""
    for _number in range(count):
        with tenant(practice.clinic.pk, actor="test"):
            patient, clinician = practice.another_patient(), practice.another_clinician()
        a_visit(practice, patient=patient, clinician=clinician, room=None, starts_at=at(8))
