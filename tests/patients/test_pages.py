"""The front desk finds, registers and changes patients through the pages."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actors import machine
from accounts.choices import Role
from common.tenancy import tenant
from patients.choices import ContactKind, Flag, Purpose, Substance
from patients.models import Allergy, ContactConsent, ContactPoint, Identifier, Patient, PatientCondition, RiskFlag
from patients.records import AllergyDetails, ContactDetails, PatientDetails
from patients.services import clinical_profile, patients

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

FORM = {
    "family_name": "Müller",
    "given_names": "Jürgen",
    "birth_date": "17.5.1970",
    "sex": "male",
    "language": "de",
    "zone": "Europe/Berlin",
    "phone": "0176 1234567",
    "phone_is_shared": "on",
    "phone_purposes": ["care", "appointment"],
    "email": "Jurgen@Example.org",
    "email_purposes": ["care"],
    "national_number": "N-1",
}


def register(clinic, given="Jürgen", family="Müller", **more):
    with tenant(clinic.pk, actor="test"):
        return patients.register(
            by=machine(clinic, "test"),
            now=NOW,
            details=PatientDetails(
                given_names=given, family_name=family, birth_date=date(1970, 5, 17), zone="Europe/Berlin"
            ),
            **more,
        )


@pytest.fixture
def desk(staff_client, clinic):
    return staff_client(Role.FRONT_DESK, clinic=clinic)


@pytest.fixture
def clinician(staff_client, clinic):
    return staff_client(Role.CLINICIAN, clinic=clinic)


@pytest.fixture
def inside(clinic):
    def enter():
        return tenant(clinic.pk, actor="test")

    return enter


def test_registering_keeps_everything_that_was_said(desk, inside):
    answer = desk.post(reverse("patients:register"), FORM)
    with inside():
        patient = Patient.objects.get()
        assert answer.url == reverse("patients:detail", args=[patient.pk])
        assert (patient.full_name, patient.birth_date, patient.language) == ("Jürgen Müller", date(1970, 5, 17), "de")
        phone, mail = ContactPoint.objects.order_by("-kind")
        assert (phone.value, phone.is_shared, phone.is_preferred) == ("+491761234567", True, True)
        assert (mail.value, mail.is_shared, mail.is_preferred) == ("jurgen@example.org", False, False)
        allowed = ContactConsent.objects.filter(is_granted=True).values_list("contact_point__kind", "purpose")
        assert sorted(allowed) == [("email", "care"), ("phone", "appointment"), ("phone", "care")]
        assert ContactConsent.objects.count() == 8
        assert set(ContactConsent.objects.values_list("wording_version", flat=True)) == {"2026-11"}
        assert sorted(Identifier.objects.values_list("system", "value")) == [("clinic", "P-00001"), ("national", "N-1")]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"birth_date": "31.2.1970"}, "Enter a date like 31/12/1980"),
        ({"birth_date": "1.1.2999"}, "has not come yet"),
        ({"birth_date": "1.1.1870"}, "Nobody alive"),
        ({"birth_date": "1.1.2020"}, "name of a guardian"),
        ({"family_name": "", "given_names": " "}, "Enter a family name"),
        ({"phone": "12"}, "number we can call. Write it with its area code, like 030 123456"),
        ({"phone": "call me"}, "not a phone number"),
        ({"email": "nobody"}, "address like name@example.org"),
        ({"phone": "", "phone_purposes": ["care"]}, "not filled in"),
        ({"family_name": "a\0b"}, "cannot be saved"),
        ({"family_name": "x" * 121}, "at most 120 characters. It has 121"),
        ({"zone": "Mars/Base"}, "Choose one of the options"),
        ({"sex": "nope"}, "Choose one of the options"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_is_kept(desk, inside, wrong, said):
    answer = desk.post(reverse("patients:register"), FORM | wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert "N-1" in answer.text
    with inside():
        assert not Patient.objects.exists()


def test_a_possible_duplicate_is_shown_first_and_registering_anyway_is_deliberate(desk, clinic, inside):
    known = register(clinic, "Jurgen", "Muller")
    answer = desk.post(reverse("patients:register"), FORM)
    assert answer.status_code == 409
    assert reverse("patients:detail", args=[known.pk]) in answer.text
    assert "Jurgen@Example.org" in answer.text
    with inside():
        assert Patient.objects.count() == 1
    assert desk.post(reverse("patients:register"), FORM | {"register_anyway": "yes"}).status_code == 409
    seen = answer.context["seen"]
    assert desk.post(reverse("patients:register"), FORM | {"register_anyway": seen}).status_code == 302
    with inside():
        assert Patient.objects.count() == 2


def test_a_number_that_is_taken_is_refused_even_if_registered_anyway(desk, inside):
    desk.post(reverse("patients:register"), FORM)
    other = FORM | {"family_name": "Else", "given_names": "One", "birth_date": "1.1.1980", "phone": "", "email": ""}
    other |= {"phone_purposes": [], "email_purposes": []}
    answer = desk.post(reverse("patients:register"), other)
    assert answer.status_code == 409
    answer = desk.post(reverse("patients:register"), other | {"register_anyway": answer.context["seen"]})
    assert answer.status_code == 422
    assert "already has this number" in answer.text
    with inside():
        assert Patient.objects.count() == 1


def test_changing_details_finds_the_patient_by_the_new_name(desk, clinic, inside):
    patient = register(clinic)
    url = reverse("patients:edit", args=[patient.pk])
    form = {k: v for k, v in FORM.items() if k in ("given_names", "birth_date", "sex", "language", "zone")}
    answer = desk.post(url, form | {"family_name": "Schmidt", "version": "1"})
    assert answer.url == reverse("patients:detail", args=[patient.pk])
    assert "Schmidt" in desk.post(reverse("patients:search"), {"q": "schmid"}).text
    assert "Schmidt" not in desk.post(reverse("patients:search"), {"q": "muller"}).text


def test_two_people_changing_one_patient_both_keep_their_words(desk, clinic, inside):
    patient = register(clinic)
    url = reverse("patients:edit", args=[patient.pk])
    form = {k: v for k, v in FORM.items() if k in ("given_names", "birth_date", "sex", "language", "zone")}
    desk.post(url, form | {"family_name": "First", "version": "1"})
    answer = desk.post(url, form | {"family_name": "Second", "version": "1"})
    assert answer.status_code == 409
    assert "First" in answer.text
    assert "Second" in answer.text
    with inside():
        assert Patient.objects.get().family_name == "First"
    assert desk.post(url, form | {"family_name": "Second", "version": "2"}).status_code == 302
    with inside():
        assert (Patient.objects.get().family_name, Patient.objects.get().version) == ("Second", 3)


def test_search_words_travel_in_the_body(desk, clinic):
    register(clinic)
    assert desk.get(reverse("patients:search"), {"q": "muller"}).url == reverse("patients:list")
    assert "Müller" in desk.post(reverse("patients:search"), {"q": "muller"}).text
    part = desk.post(reverse("patients:search"), {"q": "muller"}, headers={"HX-Request": "true"}).text
    assert "Müller" in part
    assert "<html" not in part


def test_a_search_that_does_not_fit_is_refused_in_words_wherever_a_patient_is_looked_for(clinic, staff_client):
    """As a page and as the part of one; what was typed is not lost where it stands in the page."""
    desk, auditor = staff_client(Role.FRONT_DESK, clinic=clinic), staff_client(Role.AUDITOR, clinic=clinic)
    fields = re.compile(r"""hx-post="([^"]+)" hx-trigger="input changed delay:200ms, search\"""")
    shown = [path.read_text() for path in (Path(settings.BASE_DIR) / "templates").rglob("*.html")]
    names = {"patients:search", "patients:choose", "scheduling:walk_in", "sessions:audit_find"}
    assert {name for text in shown for one in fields.findall(text) for name in re.findall("'(.+)'", one)} == names
    for name in names:
        client = auditor if name.startswith("sessions") else desk
        for q, words in (("a\0b", "a character that cannot be saved"), ("x" * 101, "at most 100 characters")):
            for headers in ({}, {"HX-Request": "true"}):
                answer = client.post(reverse(name), {"q": q}, headers=headers)
                assert answer.status_code == 422, (name, headers)
                assert words in answer.text, (name, headers)
    assert "x" * 101 in desk.post(reverse("scheduling:walk_in"), {"q": "x" * 101}).text


def test_odd_input_in_the_search_for_a_time_is_told_beside_it(desk):
    for name in ("part", "day", "minutes", "weekday", "clinician", "visit_type", "equipment"):
        for headers in ({}, {"HX-Request": "true"}):
            answer = desk.get(reverse("scheduling:find"), {name: "\0"}, headers=headers)
            assert "error-summary" in answer.text, name


@pytest.mark.parametrize("after", ["%00", "x", "1", "'--"])
def test_a_query_string_that_does_not_fit_is_a_bad_request(desk, after):
    assert desk.get(f"{reverse('patients:list')}?after={after}").status_code == 400


def test_choosing_a_patient_gives_buttons_for_another_form(desk, clinic):
    patient = register(clinic)
    assert f'value="{patient.pk}"' in desk.post(reverse("patients:choose"), {"q": "jurgen"}).text


def test_the_list_goes_on_where_the_page_before_ended(desk, clinic, monkeypatch):
    monkeypatch.setattr("patients.queries.lists.PAGE_SIZE", 2)
    for n in range(5):
        register(clinic, f"N{n}", "Same")
    seen, url = [], reverse("patients:list")
    while url:
        page = desk.get(url).context["page"]
        seen += [row.given_names for row in page.rows]
        url = f"{reverse('patients:list')}?after={page.after}" if page.after else ""
    assert seen == ["N0", "N1", "N2", "N3", "N4"]


def test_pages_ask_the_same_number_of_questions_of_one_row_and_of_three(desk, clinician, clinic):
    counts = {"list": [], "search": [], "detail": [], "profile": []}
    first = register(clinic, contacts=[ContactDetails(kind=ContactKind.EMAIL, value="x@example.org")])
    for client in (desk, clinician):
        client.get(reverse("patients:list"))
    for rows in (1, 3):
        if rows == 3:
            register(clinic)
            register(clinic)
            with tenant(clinic.pk, actor="test"):
                for n, flag in enumerate((Flag.DIABETES, Flag.COPD, Flag.CHAPERONE)):
                    by = machine(clinic, "test")
                    clinical_profile.raise_flag(by=by, now=NOW, patient=first, flag=flag)
                    details = AllergyDetails(substance=Substance.OTHER, substance_text=f"a{n}")
                    clinical_profile.add_allergy(by=by, now=NOW, patient=first, details=details)
                    Identifier.objects.create(clinic=clinic, patient=first, system="previous", value=f"v{n}")
                    ContactPoint.objects.create(
                        clinic=clinic, patient=first, kind=ContactKind.EMAIL, value=f"{n}@example.org"
                    )
        for name, ask in {
            "list": lambda: desk.get(reverse("patients:list")),
            "search": lambda: desk.post(reverse("patients:search"), {"q": "muller"}),
            "detail": lambda: desk.get(reverse("patients:detail", args=[first.pk])),
            "profile": lambda: clinician.get(reverse("patients:profile", args=[first.pk])),
        }.items():
            with CaptureQueriesContext(connection) as queries:
                assert ask().status_code == 200
            counts[name].append(len(queries))
    assert all(one == three for one, three in counts.values()), counts
    assert max(max(pair) for pair in counts.values()) <= 40, counts


def test_the_desk_sees_safety_flags_and_nothing_clinical(desk, clinician, clinic):
    patient = register(clinic)
    by = machine(clinic, "test")
    with tenant(clinic.pk, actor="test"):
        for flag in (Flag.ANTICOAGULANT, Flag.FALL_RISK):
            clinical_profile.raise_flag(by=by, now=NOW, patient=patient, flag=flag)
        for substance in (Substance.CORN, Substance.LATEX):
            details = AllergyDetails(substance=substance)
            clinical_profile.add_allergy(by=by, now=NOW, patient=patient, details=details)
    url = reverse("patients:detail", args=[patient.pk])
    seen = desk.get(url).text
    assert "Risk of falling" in seen
    assert "Latex" in seen
    assert "Anticoagulant" not in seen
    assert "Corn" not in seen
    assert "Anticoagulant" in clinician.get(url).text
    assert desk.get(reverse("patients:profile", args=[patient.pk])).status_code == 403


def test_opening_a_patient_is_recorded(desk, clinic, inside):
    patient = register(clinic)
    desk.get(reverse("patients:detail", args=[patient.pk]))
    with inside(), connection.cursor() as cursor:
        cursor.execute("SELECT row_id FROM audit_auditevent WHERE kind = 'view' AND table_name = 'patients_patient'")
        assert cursor.fetchall() == [(patient.pk,)]


def test_a_contact_is_added_changed_stopped_and_used_again(desk, clinic, inside):
    patient = register(clinic)
    add = reverse("patients:add-contact", args=[patient.pk])
    assert desk.post(add, {"value": "Mail@Example.org", "purposes": ["care"], "is_preferred": "on"}).status_code == 302
    assert desk.post(add, {"value": "mail@example.org"}).status_code == 422
    assert desk.post(add, {"value": "nothing"}).status_code == 422
    with inside():
        point = ContactPoint.objects.get()
        before = ContactConsent.objects.count()
    change = reverse("patients:edit-contact", args=[patient.pk, point.pk])
    assert desk.get(change).context["form"].initial["purposes"] == ["care"]
    desk.post(change, {"is_shared": "on", "purposes": ["care", "appointment"]})
    with inside():
        point.refresh_from_db()
        assert (point.is_shared, point.is_preferred) == (True, False)
        newest = ContactConsent.objects.order_by("-decided_at")
        assert newest.count() == before + 1
        assert (newest[0].purpose, newest[0].is_granted) == (Purpose.APPOINTMENT, True)
    desk.post(reverse("patients:stop-contact", args=[patient.pk, point.pk]), {"reason": "asked"})
    assert "not used any more" in desk.get(reverse("patients:detail", args=[patient.pk])).text
    desk.post(reverse("patients:resume-contact", args=[patient.pk, point.pk]))
    with inside():
        point.refresh_from_db()
        assert (point.stopped_at, point.stopped_reason) == (None, "")


def test_a_number_is_added_and_removed_but_the_clinics_own_stays(desk, clinic, inside):
    patient = register(clinic)
    add = reverse("patients:add-number", args=[patient.pk])
    assert desk.post(add, {"system": "previous", "value": "77"}).status_code == 302
    assert desk.post(add, {"system": "previous", "value": "77"}).status_code == 422
    assert desk.post(add, {"system": "clinic", "value": "P-1"}).status_code == 422
    with inside():
        own, other = Identifier.objects.order_by("system")
    for number in (own, other):
        desk.post(reverse("patients:remove-number", args=[patient.pk, number.pk]))
    with inside():
        assert list(Identifier.objects.values_list("system", flat=True)) == ["clinic"]


def test_a_clinician_records_what_the_patient_comes_with(clinician, clinic, inside):
    from catalogue.models import Condition

    patient = register(clinic)
    carpal = Condition.objects.get(name="Carpal tunnel syndrome")

    def send(name, data):
        return clinician.post(reverse(f"patients:{name}", args=[patient.pk]), data)

    assert "Choose a side" in send("add-condition", {"condition": str(carpal.pk)}).text
    assert send("add-condition", {"condition": str(carpal.pk), "side": "right", "onset_date": "1.2.2025"}).url
    assert "Choose a condition" in send("add-condition", {"side": "left"}).text
    assert "is not an ICD-10-CM code" in send("add-condition", {"name": "x", "icd10cm_code": "nope"}).text
    assert send("add-condition", {"name": "Odd pain", "icd10cm_code": "m79.2"}).status_code == 302
    assert send("add-allergy", {"substance": "other"}).status_code == 422
    assert send("add-allergy", {"substance": "corn", "reaction": "rash"}).status_code == 302
    assert "already" in send("add-allergy", {"substance": "corn"}).text
    assert send("raise-flag", {"flag": "diabetes"}).status_code == 302
    assert "already" in send("raise-flag", {"flag": "diabetes"}).text
    assert send("record-weight", {"weight_kg": "71.5", "measured_date": "1.3.2026"}).status_code == 302
    assert send("record-weight", {"weight_kg": "0", "measured_date": "1.3.2026"}).status_code == 422
    assert "has not come" in send("record-weight", {"weight_kg": "71", "measured_date": "1.3.2999"}).text
    with inside():
        known, odd = PatientCondition.objects.order_by("created_at", "id")
        assert (known.icd10cm_code, known.side, known.suspected_nerves.count()) == ("G56.01", "right", 2)
        assert (odd.icd10cm_code, odd.condition_id) == ("M79.2", None)
        allergy, flag = Allergy.objects.get(), RiskFlag.objects.get()
    end = reverse("patients:end-condition", args=[patient.pk, known.pk])
    clinician.post(end, {"day": "1.1.2025"})
    clinician.post(end, {"day": "?"})
    with inside():
        known.refresh_from_db()
        assert known.resolved_date is None
    clinician.post(end, {"day": "1.3.2025"})
    clinician.post(reverse("patients:end-allergy", args=[patient.pk, allergy.pk]))
    clinician.post(reverse("patients:lower-flag", args=[patient.pk, flag.pk]))
    with inside():
        known.refresh_from_db()
        assert known.resolved_date == date(2025, 3, 1)
        assert not Allergy.objects.current().exists()
        assert not RiskFlag.objects.current().exists()
    page = clinician.get(reverse("patients:profile", args=[patient.pk]))
    assert page.status_code == 200


def test_another_clinics_patient_does_not_exist(desk, clinician, other_clinic, as_superuser):
    foreign = register(other_clinic, contacts=[ContactDetails(kind=ContactKind.EMAIL, value="x@example.org")])
    with tenant(other_clinic.pk, actor="test"):
        point, number = ContactPoint.objects.get(), Identifier.objects.get()
    as_superuser()
    for client, method, name, more in [
        (desk, "get", "detail", []),
        (desk, "get", "edit", []),
        (desk, "post", "edit", []),
        (desk, "get", "add-contact", []),
        (desk, "post", "edit-contact", [point.pk]),
        (desk, "post", "stop-contact", [point.pk]),
        (desk, "post", "remove-number", [number.pk]),
        (clinician, "get", "profile", []),
        (clinician, "post", "add-condition", []),
        (clinician, "post", "end-allergy", [point.pk]),
    ]:
        answer = getattr(client, method)(reverse(f"patients:{name}", args=[foreign.pk, *more]))
        assert answer.status_code == 404, name
    assert "Müller" not in desk.get(reverse("patients:list")).text
