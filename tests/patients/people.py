"""People registered at the desk, and what its pages say."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from typing import Any

from accounts.actors import machine
from accounts.models import Clinic
from common.tenancy import tenant
from patients.models import Patient
from patients.records import PatientDetails
from patients.services import patients

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Inside = Callable[[], AbstractContextManager[None]]


def register(clinic: Clinic, given: str, family: str, born: date = date(1970, 5, 7), **more: Any) -> Patient:
    with tenant(clinic.pk, actor="test"):
        details = PatientDetails(given_names=given, family_name=family, birth_date=born, zone="Europe/Berlin")
        return patients.register(by=machine(clinic, "test"), now=NOW, details=details, **more)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())
