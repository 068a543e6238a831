"""A date of birth is read in the order of the clinic's country, and said back in words before it is saved."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from patients.ages import birth_date_in_words
from patients.importing.tables import Preview
from patients.models import BodyWeight, Patient
from patients.services.import_files import guess_map
from tests.factories.patients import PatientFactory
from tests.staff import StaffClient

TYPED = "3/4/1981"
MARCH, APRIL = date(1981, 3, 4), date(1981, 4, 3)
ORDERS = (("DE", APRIL), ("US", MARCH), ("GB", APRIL), ("PH", MARCH))
PERSON = {"family_name": "Sample", "given_names": "Ruth", "birth_date": TYPED}


@pytest.fixture
def desk(staff_client: Callable[..., StaffClient], clinic: Clinic) -> StaffClient:
    return staff_client(Role.FRONT_DESK, clinic=clinic)


def _in(clinic: Clinic, country: str) -> None:
    Clinic.objects.filter(pk=clinic.pk).update(country=country)


def _words(born: date) -> str:
    return birth_date_in_words(born, timezone.now().date())


def test_each_country_reads_it_in_its_own_order_at_every_door(clinic: Clinic, desk: StaffClient) -> None:
    for (country, born), name in zip(ORDERS, ("Sample", "Vogel", "Quint", "Ibarra"), strict=True):
        _in(clinic, country)
        words = desk.post(reverse("patients:birth-date"), {"birth_date": TYPED})
        assert words.text.strip() == _words(born)

        desk.post(reverse("scheduling:register_walk_in"), PERSON | {"family_name": name, "given_names": name})
        with tenant(clinic.pk, actor="test"):
            patient = Patient.objects.get(family_name=name)
        assert patient.birth_date == born
        assert f"{name}, {name}" in desk.post(reverse("patients:search"), {"q": TYPED}).text

        page = reverse("patients:edit", args=[patient.pk])
        form = desk.get(page).context["form"]
        standing = {name: form[name].value() or "" for name in form.fields}
        assert desk.post(page, standing | {"birth_date": born.isoformat()}).status_code == 302
        with tenant(clinic.pk, actor="test"):
            assert Patient.objects.get(family_name=name).birth_date == born


def test_it_is_said_in_words_wherever_it_is_typed_and_again_on_a_page_that_was_refused(
    clinic: Clinic, desk: StaffClient
) -> None:
    with tenant(clinic.pk, actor="test"):
        patient = PatientFactory(clinic=clinic, birth_date=APRIL)
    nameless = PERSON | {"family_name": "", "given_names": ""}
    edit = reverse("patients:edit", args=[patient.pk])
    standing = desk.get(edit)
    doors = (
        (reverse("patients:register"), nameless | {"sex": "unknown", "language": "en", "zone": "Europe/Berlin"}),
        (edit, nameless),
        (reverse("scheduling:register_walk_in"), nameless),
    )
    assert _words(APRIL) in standing.text
    for url, given in doors:
        page = desk.post(url, given)
        assert page.status_code == 422, url
        assert _words(APRIL) in page.text, url
        assert f'hx-post="{reverse("patients:birth-date")}"' in page.text, url


def test_words_are_said_of_a_day_alone_and_what_is_none_is_refused_with_an_example(
    clinic: Clinic, desk: StaffClient
) -> None:
    _in(clinic, "US")
    for nothing in ("", "31/12/1980", "soon", "3/4", "\x00"):
        assert desk.post(reverse("patients:birth-date"), {"birth_date": nothing}).text.strip() == ""
    page = desk.post(reverse("scheduling:register_walk_in"), PERSON | {"birth_date": "31/12/1980"})
    assert "Enter a date like 12/31/1980." in page.text


def test_an_import_begins_with_the_order_of_the_country_and_a_day_over_twelve_overrules_it(clinic: Clinic) -> None:
    table = Preview(header=["Last name", "Date of birth"], rows=[["Sample", TYPED]])
    told = Preview(header=table.header, rows=[["Sample", "13/4/1981"]])
    for country, born in ORDERS:
        clinic.country = country
        assert guess_map(clinic, table)[1] is (born == MARCH)
        assert guess_map(clinic, told)[1] is False


def test_a_weight_is_typed_in_the_unit_of_the_country_and_kept_in_kilograms(
    clinic: Clinic, staff_client: Callable[..., StaffClient]
) -> None:
    clinician = staff_client(Role.CLINICIAN, clinic=clinic)
    with tenant(clinic.pk, actor="test"):
        patient = PatientFactory(clinic=clinic)
    url, profile = (reverse(f"patients:{name}", args=[patient.pk]) for name in ("record-weight", "profile"))
    for country, typed, label, kept in (
        ("DE", "70.5", "Weight (kg)", Decimal("70.5")),
        ("US", "157.6", "Weight (lb)", Decimal("71.5")),
    ):
        _in(clinic, country)
        assert label in clinician.get(profile).text
        assert clinician.post(url, {"weight_kg": typed, "measured_date": "2026-01-02"}).status_code == 302
        with tenant(clinic.pk, actor="test"):
            assert BodyWeight.objects.filter(weight_kg=kept).exists()
    assert "157.6" in clinician.get(profile).text


def test_the_register_lists_what_is_spoken_here_and_the_zones_of_the_country_first(
    clinic: Clinic, desk: StaffClient
) -> None:
    Clinic.objects.filter(pk=clinic.pk).update(country="CH", languages=["it", "de"], zone="Europe/Zurich")
    fields = desk.get(reverse("patients:register")).context["form"].fields
    assert [code for code, _name in fields["language"].choices][:2] == ["de", "it"]
    assert [zone for zone, _name in fields["zone"].choices][:2] == ["Europe/Zurich", "Africa/Abidjan"]
