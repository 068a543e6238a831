"""Two records to merge, and what a merge leaves to compare."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.actors import Actor
from accounts.models import Clinic
from patients.choices import ContactKind
from patients.merge_refusals import MergeRefusedError
from patients.models import (
    AlikePair,
    ComparedPatient,
    MovedRow,
    NameToken,
    Patient,
    PatientMerge,
)
from patients.records import ContactDetails, PatientDetails
from patients.services import merges, patients
from pitclinic.rules.tables import clinic_models
from tests.access import objects

NOW = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)


def merge(by: Actor, survivor: Patient, merged: Patient, **more: Any) -> PatientMerge:
    return merges.merge(
        by=by, now=NOW, survivor_id=survivor.pk, merged_id=merged.pk, reason="one person, two records", **more
    )


def take_back(by: Actor, made: PatientMerge) -> None:
    merges.reverse(by=by, now=NOW + timedelta(hours=1), merge=made, reason="they are brothers")


def snapshot(clinic: Clinic) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table that is the clinic's, but for what a merge itself writes."""
    own = {PatientMerge, MovedRow, NameToken, AlikePair, ComparedPatient}
    found = {
        model._meta.label: list(model._default_manager.filter(clinic=clinic).order_by("pk").values())
        for model in clinic_models()
        if model not in own
    }
    tokens = NameToken.objects.order_by("patient_id", "token").values("patient_id", "token", "is_whole")
    return found | {"tokens": list(tokens)}


def everything(clinic: Clinic) -> tuple[Patient, Patient]:
    """Two patients with a row in every table the walk of the pages knows, one with much, the other with a little."""
    made = objects.make(clinic, "Both")
    return Patient.objects.get(pk=made["other_patient_id"]), Patient.objects.get(pk=made["patient_id"])


def told_apart(act: Any) -> str:
    with pytest.raises(MergeRefusedError) as refused, transaction.atomic():
        act()
    return refused.value.words


def register(by: Actor, family: str, **more: Any) -> Patient:
    details = PatientDetails(given_names="Ann", family_name=family, birth_date=date(1980, 4, 5), zone="Europe/Berlin")
    return patients.register(by=by, now=NOW - timedelta(days=30), details=details, **more)


def phone(value: str = "+4930901820", **more: Any) -> ContactDetails:
    return ContactDetails(kind=ContactKind.PHONE, value=value, **more)


def leaving_out_marks(rows: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Without the version of a patient whose details were changed, and whom a signature names."""
    for patient in rows["patients.Patient"]:
        patient["version"] = 0
    for session in rows["pit_sessions.InjectionSession"]:
        session["signed_patient_id"] = None
    return rows
