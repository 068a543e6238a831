"""One name, one birthday, two sexes: somebody is asked. Whoever was told apart is not asked about again."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from patients.choices import Sex
from patients.models import AlikePair, PairVerdict, Patient
from patients.services import alike_pairs
from scheduling.models import SlotHold
from tests.access.creating import CREATING, SOMEBODY
from tests.patients.importer import Importer, Kind
from tests.patients.people import register, text
from tests.scheduling.conftest import Practice, at, make_practice

HEAD = "Last name,First name,Date of birth,Sex,Old number\n"
ROW = "Novak,Jana,1980-05-17,{},{}\n"
NOVAK = SOMEBODY | {"sex": "male", "language": "de", "zone": "Europe/Berlin"}
LIST = reverse("patients:alike")


@pytest.fixture
def practice(clinic: Clinic) -> Iterator[Practice]:
    with time_machine.travel(at(8, 50), tick=False), tenant(clinic.pk, actor="test"):
        yield make_practice(clinic)


@pytest.fixture
def desk(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.FRONT_DESK, clinic=clinic)


def jana(clinic: Clinic, sex: str = Sex.FEMALE) -> Patient:
    patient = register(clinic, "Jana", "Novak", date(1980, 5, 17))
    with tenant(clinic.pk, actor="test"):
        Patient.objects.filter(pk=patient.pk).update(sex=sex)
    return patient


def compare_all(clinic: Clinic) -> None:
    by = Importer(clinic).by
    with tenant(clinic.pk, actor="test"):
        alike_pairs.compare(by=by, patient_ids=list(Patient.objects.visible_to(by).values_list("pk", flat=True)))


def test_another_sex_is_asked_about_at_the_desk_and_the_answer_is_remembered(clinic: Clinic, desk: Client) -> None:
    here = jana(clinic)
    url = reverse("patients:register")

    asked = desk.post(url, NOVAK)

    assert asked.status_code == 409
    assert "another sex: female here, male typed. Is it the same person?" in text(asked)
    assert desk.post(url, NOVAK | {"register_anyway": asked.context["seen"]}).status_code == 302
    with tenant(clinic.pk, actor="test"):
        new = Patient.objects.exclude(pk=here.pk).get()
        said = PairVerdict.objects.get()
        assert {said.one_id, said.other_id} == {here.pk, new.pk}
        assert (said.verdict, said.said_by_id is not None) == ("different", True)
    compare_all(clinic)
    assert "Novak" not in text(desk.get(LIST))
    assert "not the same person" in text(desk.get(reverse("patients:compare", args=[here.pk, new.pk]))).lower()


def test_a_file_never_guesses_and_the_pair_is_listed_with_what_differs(clinic: Clinic, desk: Client) -> None:
    jana(clinic)
    importer = Importer(clinic)

    job = importer.whole(HEAD + ROW.format("male", "") + "Novak,Josef,1980-05-17,male,\n")

    assert (job.counts["new"], job.counts["may_be_here"]) == (2, 1)
    assert (job.counts["may_be_here_rows"], job.counts["other_sex_rows"]) == ([2], [2])
    compare_all(clinic)
    page = text(desk.get(LIST))
    assert "Another sex: female and male" in page or "Another sex: male and female" in page
    with tenant(clinic.pk, actor="test"):
        pair = AlikePair.objects.get()
        assert (pair.is_other_sex, pair.is_same_birth) == (True, False)
    desk.post(reverse("patients:say-of-pair", args=[pair.one_id, pair.other_id]), {"verdict": "different"})
    compare_all(clinic)
    assert "Another sex" not in text(desk.get(LIST))


def test_two_rows_of_one_file_with_two_sexes_are_asked_about_too(clinic: Clinic) -> None:
    importer = Importer(clinic)
    for rows in (ROW.format("male", "") + ROW.format("female", ""), ROW.format("male", "M1") + ROW.format("f", "F1")):
        checked = importer.check(importer.take(HEAD + rows))
        assert (checked.errors, checked.counts["new"], checked.counts["other_sex_rows"]) == ([], 2, [3])
    one = {"resourceType": "Patient", "name": [{"family": "Novak", "given": ["Jana"]}], "birthDate": "1980-05-17"}
    people = [one | {"id": gender, "gender": gender} for gender in ("female", "male", "unknown")]
    bundle: dict[str, Any] = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": p} for p in people],
    }
    checked = importer.check(importer.take(json.dumps(bundle), Kind.FHIR))
    assert "same name and date of birth" in checked.errors[0]["reason"]
    assert len(checked.counts["other_sex_rows"]) == 1


def test_every_door_that_registers_remembers_who_was_told_apart(
    clinic: Clinic, practice: Practice, staff_client: Callable[..., Client]
) -> None:
    client = staff_client(Role.FRONT_DESK, clinic=practice.clinic)
    here = jana(practice.clinic, sex=Sex.UNKNOWN)
    for name in ("scheduling:register_walk_in", "scheduling:kept"):
        with tenant(practice.clinic.pk, actor="test"):
            before = Patient.objects.count()
            form = CREATING[name](practice, {})
        asked = client.post(form.address, form.typed)
        assert asked.status_code == 409
        assert client.post(form.address, form.typed | {"register_anyway": asked.context["seen"]}).status_code == 302
        with tenant(practice.clinic.pk, actor="test"):
            assert Patient.objects.count() == before + 1
            new = Patient.objects.order_by("-created_at", "-pk")[0]
            pair = sorted((here.pk, new.pk))
            assert PairVerdict.objects.filter(one_id=pair[0], other_id=pair[1], verdict="different").exists()
    with tenant(practice.clinic.pk, actor="test"):
        assert not SlotHold.objects.filter(ended_at__isnull=True).exists()
