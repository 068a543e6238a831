"""Who died, and who left: said once with its day, taken back with a reason, and kept by a merge."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.actors import Actor
from accounts.models import Clinic
from audit.models import AuditEvent
from common.tenancy import tenant
from patients.models import Patient
from patients.queries import banner, find, patient_page
from patients.services import departures
from tests.factories.patients import PatientFactory
from tests.patients.merging import NOW, merge, register, take_back

TODAY = date(2026, 3, 20)
DIED = date(2026, 3, 1)


def again(patient: Patient) -> Patient:
    return Patient.objects.get(pk=patient.pk)


def dead(by: Actor, patient: Patient, day: date | None = DIED) -> Patient:
    return departures.mark_deceased(by=by, now=NOW, patient_id=patient.pk, deceased_date=day)


def left(by: Actor, patient: Patient, day: date = DIED, reason: str = "") -> Patient:
    return departures.mark_left(by=by, now=NOW, patient_id=patient.pk, left_date=day, reason=reason)


def test_a_death_is_loud_in_banner_search_and_list(by: Actor) -> None:
    survivor = dead(by, register(by, "Stays"))

    shown = banner(by, survivor.pk, today=TODAY)
    assert shown is not None
    assert shown.flags[0] == ("bad", "Died on 1 Mar 2026")
    assert (shown.age, shown.is_gone) == ("45 years at death", True)
    (found,) = find(by, "Stays", today=TODAY)
    (listed,) = patient_page(by, after=None, today=TODAY).rows
    assert {found.departure, listed.departure} == {"Deceased"}


def test_an_unknown_day_can_be_said_later(by: Actor, survivor: Patient) -> None:
    dead(by, survivor, None)
    assert again(survivor).departure_sentence == "Deceased, date of death not known"

    dead(by, survivor)
    assert again(survivor).departure_sentence == "Died on 1 Mar 2026"


def test_who_left_and_then_died_is_brought_back_step_by_step_with_reasons_in_the_trail(
    by: Actor, survivor: Patient
) -> None:
    left(by, survivor, reason=" moved away ")
    dead(by, survivor)

    departures.bring_back(by=by, now=NOW, patient_id=survivor.pk, reason="it was the husband")
    assert again(survivor).departure_sentence == "Left the clinic on 1 Mar 2026"
    assert again(survivor).left_reason == "moved away"
    departures.bring_back(by=by, now=NOW, patient_id=survivor.pk, reason="is back in town")

    assert again(survivor).departure is None
    told = AuditEvent.objects.filter(table_name="patients_patient", row_id=survivor.pk).order_by("id")
    assert [one.reason for one in told][-2:] == ["it was the husband", "is back in town"]


@pytest.mark.parametrize("day", [date(2026, 3, 21), date(1970, 5, 16)])
def test_no_day_to_come_and_none_before_the_birth(by: Actor, survivor: Patient, day: date) -> None:
    for act, field in ((dead, "deceased_date"), (left, "left_date")):
        with pytest.raises(ValidationError) as refused:
            act(by, survivor, day)
        assert list(refused.value.message_dict) == [field]
    assert again(survivor).departure is None


def test_bringing_back_needs_a_reason_and_somebody_who_is_gone(by: Actor, survivor: Patient) -> None:
    with pytest.raises(ValidationError, match="not marked"):
        departures.bring_back(by=by, now=NOW, patient_id=survivor.pk, reason="a slip")
    dead(by, survivor)
    with pytest.raises(ValidationError, match="Enter a reason"):
        departures.bring_back(by=by, now=NOW, patient_id=survivor.pk, reason=" ")


@pytest.mark.parametrize(
    ("columns", "rule"),
    [
        ({"deceased_date": DIED}, "died_on_a_day"),
        ({"is_deceased": True, "deceased_date": date(1970, 5, 16)}, "died_plausibly"),
        ({"is_deceased": True, "deceased_date": date(2999, 1, 1)}, "died_plausibly"),
        ({"left_date": date(1970, 5, 16)}, "left_plausibly"),
        ({"left_date": date(2999, 1, 1)}, "left_plausibly"),
        ({"left_reason": "moved"}, "reason_of_leaving"),
    ],
)
def test_the_database_refuses_what_cannot_be(survivor: Patient, columns: dict[str, Any], rule: str) -> None:
    with pytest.raises(IntegrityError, match=f"patients_patient_{rule}"), transaction.atomic():
        Patient.objects.filter(pk=survivor.pk).update(**columns)


def test_a_merge_keeps_a_death_that_was_said_of_either_and_is_taken_back_whole(
    by: Actor, survivor: Patient, merged: Patient
) -> None:
    dead(by, merged)

    made = merge(by, survivor, merged)
    assert (again(survivor).is_deceased, again(survivor).deceased_date) == (True, DIED)

    take_back(by, made)
    assert again(survivor).departure is None
    assert again(merged).deceased_date == DIED


def test_a_merge_lets_the_record_that_stays_say_whether_the_patient_left(
    by: Actor, survivor: Patient, merged: Patient
) -> None:
    left(by, merged)

    merge(by, survivor, merged)

    assert again(survivor).departure is None


def test_a_record_that_was_merged_away_is_not_marked(by: Actor, survivor: Patient, merged: Patient) -> None:
    merge(by, survivor, merged)
    with pytest.raises(Patient.DoesNotExist):
        dead(by, merged)


def test_it_stays_in_the_clinic(by: Actor, other_clinic: Clinic) -> None:
    with tenant(other_clinic.pk, actor="test"):
        foreign = PatientFactory(clinic=other_clinic)
    with pytest.raises(Patient.DoesNotExist):
        dead(by, foreign)
