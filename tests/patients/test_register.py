"""What the register's services promise, one test for each way out."""

import threading
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor, machine
from accounts.choices import Role
from common.tenancy import tenant
from patients.choices import ContactKind, Flag, Purpose, Substance
from patients.contacts import phone_in_e164, reversed_digits
from patients.models import ContactConsent, ContactPoint, Identifier, NameToken, Patient
from patients.queries import Likeness, banner, banners, possible_duplicates
from patients.records import AllergyDetails, ConditionDetails, ContactDetails, NumberDetails, PatientDetails
from patients.services import clinical_profile, contact_points, identifiers, patients
from tests.factories.accounts import ClinicFactory

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)


def details(given="Jürgen", family="Müller", born=date(1970, 5, 17), **more):
    return PatientDetails(given_names=given, family_name=family, birth_date=born, zone="Europe/Berlin", **more)


def register(clinic, *args, contacts=(), numbers=(), **more):
    by = machine(clinic, "test")
    return patients.register(by=by, now=NOW, details=details(*args, **more), contacts=contacts, numbers=numbers)


@pytest.fixture
def by(in_clinic):
    return machine(in_clinic, "test")


def test_numbers_are_given_in_sequence_in_each_clinic(clinic, other_clinic):
    for one in (clinic, clinic, other_clinic):
        with tenant(one.pk, actor="test"):
            register(one)
    with tenant(clinic.pk, actor="test"):
        assert sorted(Identifier.objects.values_list("value", flat=True)) == ["P-00001", "P-00002"]
    with tenant(other_clinic.pk, actor="test"):
        assert list(Identifier.objects.values_list("value", flat=True)) == ["P-00001"]


def test_a_number_that_came_from_elsewhere_is_passed_over(in_clinic):
    register(in_clinic, numbers=[NumberDetails("clinic", "P-00001")])
    patient = register(in_clinic)
    assert Identifier.objects.get(patient=patient).value == "P-00002"


@pytest.mark.django_db(transaction=True)
def test_twenty_registrations_at_once_get_twenty_numbers(transactional_db):
    clinic = ClinicFactory()
    start, failed = threading.Barrier(20), []

    def one(n):
        try:
            start.wait()
            with tenant(clinic.pk, actor="test"):
                register(clinic, f"N{n}")
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[n]) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with tenant(clinic.pk, actor="test"):
        values = sorted(Identifier.objects.values_list("value", flat=True))
    assert values == [f"P-{n:05d}" for n in range(1, 21)]


def test_a_registration_that_is_refused_leaves_nothing(in_clinic):
    register(in_clinic, numbers=[NumberDetails("national", "N1")])
    with pytest.raises(ValidationError, match="already has this number"):
        register(in_clinic, "Other", numbers=[NumberDetails("national", "N1")])
    with pytest.raises(ValidationError, match="already has this phone"):
        register(in_clinic, "Third", contacts=[ContactDetails(ContactKind.EMAIL, "a@example.org")] * 2)
    assert Patient.objects.count() == 1
    assert Identifier.objects.get(system="clinic").value == "P-00001"
    assert register(in_clinic, "Fourth").identifier_set.get().value == "P-00002"


def test_today_is_the_day_at_the_clinic(in_clinic):
    in_clinic.zone = "Pacific/Auckland"
    late = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)  # already 2 March there
    by = machine(in_clinic, "test")
    patients.register(by=by, now=late, details=details(born=date(2026, 3, 2), guardian_name="Ann"))
    in_clinic.zone = "Europe/Berlin"
    with pytest.raises(ValidationError, match="has not come"):
        patients.register(by=machine(in_clinic, "test"), now=late, details=details(born=date(2026, 3, 2)))


def test_a_change_of_name_rewrites_the_index_and_any_other_change_does_not(by, in_clinic):
    patient = register(in_clinic)
    tokens = set(NameToken.objects.values_list("pk", flat=True))
    patients.update(by=by, now=NOW, patient=patient, version=1, details=details(language="de"))
    assert set(NameToken.objects.values_list("pk", flat=True)) == tokens
    patients.update(by=by, now=NOW, patient=patient, version=2, details=details(family="Schmidt"))
    assert NameToken.objects.filter(token="schmidt", is_whole=True).exists()
    assert not NameToken.objects.filter(token="muller").exists()


def test_a_change_from_an_old_page_is_refused_with_what_stands_now(by, in_clinic):
    patient = register(in_clinic)
    patients.update(by=by, now=NOW, patient=patient, version=1, details=details(family="First"))
    with pytest.raises(patients.ChangedMeanwhileError) as conflict:
        patients.update(by=by, now=NOW, patient=patient, version=1, details=details(family="Second"))
    assert conflict.value.current.family_name == "First"


def test_consents_are_kept_for_ever_and_only_changes_are_written(by, in_clinic):
    patient = register(in_clinic)
    contact = ContactDetails(ContactKind.EMAIL, "a@example.org", allowed=frozenset({Purpose.CARE}))
    point = contact_points.add(by=by, now=NOW, patient=patient, contact=contact)
    assert ContactConsent.objects.count() == len(Purpose)
    contact_points.decide(by=by, now=NOW, point=point, allowed={Purpose.CARE})
    assert ContactConsent.objects.count() == len(Purpose)
    contact_points.decide(by=by, now=NOW, point=point, allowed=frozenset())
    said = ContactConsent.objects.filter(purpose=Purpose.CARE).order_by("id").values_list("is_granted", flat=True)
    assert list(said) == [True, False]


def test_one_contact_is_preferred(by, in_clinic):
    patient = register(in_clinic)
    for n in range(3):
        contact = ContactDetails(ContactKind.EMAIL, f"{n}@example.org", is_preferred=True)
        contact_points.add(by=by, now=NOW, patient=patient, contact=contact)
    assert ContactPoint.objects.get(is_preferred=True).value == "2@example.org"


def test_a_row_of_another_clinic_is_never_changed(by, in_clinic, other_clinic, as_superuser):
    with tenant(other_clinic.pk, actor="test"):
        foreign = register(other_clinic, contacts=[ContactDetails(ContactKind.EMAIL, "a@example.org")])
        flag = clinical_profile.raise_flag(by=machine(other_clinic, "t"), now=NOW, patient=foreign, flag=Flag.COPD)
        point = ContactPoint.objects.get()
        national = identifiers.add(
            by=machine(other_clinic, "t"), patient=foreign, number=NumberDetails("national", "N")
        )
    as_superuser()
    contact_points.stop(by=by, now=NOW, point=point, reason="asked")
    clinical_profile.lower_flag(by=by, now=NOW, flag=flag)
    identifiers.remove(by=by, identifier=national)
    with pytest.raises(Patient.DoesNotExist):
        patients.update(by=by, now=NOW, patient=foreign, version=1, details=details(family="Stolen"))
    for row in (point, flag, national, foreign):
        row.refresh_from_db()
    assert (point.stopped_at, flag.ended_at, foreign.family_name) == (None, None, "Müller")


def test_the_catalogue_completes_a_code_where_the_side_is_enough(by, in_clinic):
    from catalogue.models import Condition

    patient = register(in_clinic)

    def code(name, side, typed=""):
        condition = Condition.objects.get(name=name)
        row = clinical_profile.add_condition(
            by=by,
            now=NOW,
            patient=patient,
            details=ConditionDetails(name=name, side=side, icd10cm_code=typed),
            condition_id=condition.pk,
        )
        return row.icd10cm_code

    assert code("Carpal tunnel syndrome", "left") == "G56.02"
    assert code("Plantar fasciitis", "right") == "M72.2"
    assert code("Carpal tunnel syndrome", "", "G56.03") == "G56.03"
    with pytest.raises(ValidationError, match="Choose a side"):
        code("Carpal tunnel syndrome", "")
    with pytest.raises(ValidationError, match="Choose one of these codes"):
        code("Low-back pain", "")
    with pytest.raises(ValidationError, match="has not come"):
        clinical_profile.add_condition(
            by=by, now=NOW, patient=patient, details=ConditionDetails("x", onset_date=date(2030, 1, 1))
        )


@pytest.mark.parametrize(
    ("given", "family", "born", "more", "reason"),
    [
        ("Jurgen", "Muller", date(1970, 5, 17), {}, "similar name"),
        ("Jürgne", "Mulelr", date(1970, 5, 17), {}, "similar name"),
        ("Hans", "Müller", date(1970, 5, 17), {}, "similar name"),
        ("Jürgen", "Schmidt", date(1970, 5, 17), {}, "similar name"),
        ("Lena", "Sommer", date(1970, 5, 17), {}, None),
        ("Jürgen", "Müller", date(1970, 5, 18), {}, None),
        ("Lena", "Sommer", date(1980, 1, 1), {"contacts": ["+491761234567"]}, "phone or e-mail"),
        ("Lena", "Sommer", date(1980, 1, 1), {"numbers": ["N1"]}, "Same number"),
        ("Lena", "Sommer", date(1980, 1, 1), {"contacts": ["+49176"], "numbers": ["n1"]}, None),
    ],
)
def test_who_may_already_be_here(by, in_clinic, given, family, born, more, reason):
    phone = ContactDetails(ContactKind.PHONE, "+491761234567")
    known = register(in_clinic, contacts=[phone], numbers=[NumberDetails("national", "N1")])
    like = Likeness(names=(given, family), birth_date=born, **more)
    found = possible_duplicates(by, like, today=TODAY)
    assert [candidate.row.id for candidate in found] == ([known.pk] if reason else [])
    assert all(reason in str(candidate.reasons[0]) for candidate in found)


def test_day_and_month_swapped_are_noticed(by, in_clinic):
    register(in_clinic, "Ann", "Berg", date(1970, 3, 4))
    like = Likeness(names=("Ann", "Berg"), birth_date=date(1970, 4, 3))
    assert "swapped" in str(possible_duplicates(by, like, today=TODAY)[0].reasons[0])


def test_nobody_is_like_nobody(by, in_clinic):
    assert possible_duplicates(by, Likeness(names=("",), birth_date=None), today=TODAY) == []


def test_looking_for_duplicates_asks_the_same_whatever_is_found(by, in_clinic):
    counts = []
    for n in range(3):
        register(in_clinic, f"Jürgen{n}", contacts=[ContactDetails(ContactKind.EMAIL, "a@example.org")])
        like = Likeness(names=("Jürgen", "Müller"), birth_date=date(1970, 5, 17), contacts=["a@example.org"])
        with CaptureQueriesContext(connection) as queries:
            assert len(possible_duplicates(by, like, today=TODAY)) == n + 1
        counts.append(len(queries))
    assert counts == [3, 3, 3]


def test_the_banner_shows_each_role_what_it_may_see_in_one_query(in_clinic):
    patient = register(in_clinic, born=date(2012, 3, 3), guardian_name="Anna Müller")
    by = machine(in_clinic, "test")
    for flag in (Flag.ANTICOAGULANT, Flag.INTERPRETER):
        clinical_profile.raise_flag(by=by, now=NOW, patient=patient, flag=flag, detail="x")
    for allergy in (AllergyDetails(Substance.CORN), AllergyDetails(Substance.OTHER, "Iodine")):
        clinical_profile.add_allergy(by=by, now=NOW, patient=patient, details=allergy)
    ended = clinical_profile.add_allergy(by=by, now=NOW, patient=patient, details=AllergyDetails(Substance.LATEX))
    clinical_profile.end_allergy(by=by, now=NOW, allergy=ended)
    flags = {}
    for role in (Role.CLINICIAN, Role.FRONT_DESK, Role.CLINIC_ADMIN):
        with CaptureQueriesContext(connection) as queries:
            shown = banner(Actor(clinic=in_clinic, role=role, name="x"), patient.pk, today=TODAY)
        assert len(queries) == 1
        assert shown is not None
        flags[role] = shown.flags
        assert (shown.age, shown.name, shown.language) == ("13 years", "Jürgen Müller", "English")
        assert shown.identifiers == (("Clinic number", "P-00001"),)
    minor, interpreter = ("warn", "Minor, guardian: Anna Müller"), ("planned", "Needs an interpreter: x")
    assert flags[Role.FRONT_DESK] == flags[Role.CLINIC_ADMIN] == (minor, interpreter)
    assert flags[Role.CLINICIAN] == (
        ("bad", "Allergy: Corn (maize)"),
        ("bad", "Allergy: Iodine"),
        minor,
        ("warn", "Anticoagulant: x"),
        interpreter,
    )


def test_there_is_no_banner_for_another_clinics_patient(in_clinic, other_clinic, as_superuser):
    with tenant(other_clinic.pk, actor="test"):
        foreign = register(other_clinic)
    as_superuser()
    actor = Actor(clinic=in_clinic, role=Role.CLINICIAN, name="x")
    assert banner(actor, foreign.pk, today=TODAY) is None
    assert banners(actor, [foreign.pk], today=TODAY) == {}


@pytest.mark.parametrize(
    ("typed", "region", "stored"),
    [
        ("0176 123 45 67", "DE", "+491761234567"),
        ("+49 (0)176 1234567", "DE", "+491761234567"),
        ("(212) 555-0123", "US", "+12125550123"),
    ],
)
def test_a_phone_is_kept_in_one_shape(typed, region, stored):
    assert phone_in_e164(typed, region=region) == stored


def test_a_phone_is_found_by_its_end():
    assert reversed_digits("+4930901820") == "0281090394"


@pytest.mark.parametrize(
    "wrong",
    [
        {"birth_date": date(1889, 1, 1)},
        {"given_names": "", "family_name": ""},
        {"sex": "nope"},
    ],
)
def test_the_database_itself_refuses_what_must_never_be(in_clinic, wrong):
    right = {"given_names": "A", "family_name": "B", "birth_date": date(1970, 1, 1), "zone": "Europe/Berlin"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Patient.objects.create(clinic=in_clinic, **(right | wrong))
