"""Names as people have them: found, ordered and written the way their languages do."""

import unicodedata
from datetime import date

import icu
import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.actors import machine
from accounts.choices import Role
from accounts.models import Clinic
from common.lines import check_line
from common.tenancy import tenant
from patients.folding import fold, name_parts, wholes
from patients.models import NameToken, Patient
from patients.names import full_name, listed_name, sort_key
from patients.queries import find, patient_page
from patients.records import PatientDetails
from patients.services import name_tokens, patients
from patients.tasks import sweep_names
from tests.patients.importer import HEADER, NOW, TODAY, Importer
from tests.patients.people import register

PEOPLE = (
    ("小明", "王"),
    ("", "李小龙"),
    ("太郎", "山田"),
    ("민수", "김"),
    ("かな", "ばば"),
    ("Ann", "MacDonald"),
    ("Bob", "Mac Donald"),
    ("Máire", "O’Brien"),
    ("Agent 47", "X Æ A-12"),
    ("सोम", "वर्मा"),
    ("Bea", "Smith MacBeth"),
)


def found(clinic, typed):
    with tenant(clinic.pk, actor="test"):
        return {row.name for row in find(machine(clinic, "test"), typed, today=TODAY)}


def test_a_name_is_found_however_it_is_written(clinic):
    for one in PEOPLE:
        register(clinic, *one)
    macs = {"MacDonald, Ann", "Mac Donald, Bob"}
    wanted = {
        "王小明": {"王小明"},
        "小明王": {"王小明"},
        "小明": {"王小明"},
        "王 小明": {"王小明"},
        "王": {"王小明"},
        "小龙": {"李小龙"},
        "山田太郎": {"山田太郎"},
        "김민수": {"김민수"},
        "ばば": {"ばば かな"},
        "はは": set(),
        "がな": set(),
        "Mac Donald": macs,
        "macdonald": macs,
        "mac donald ann": {"MacDonald, Ann"},
        "OBrien": {"O’Brien, Máire"},
        "O Brien": {"O’Brien, Máire"},
        "o'brien maire": {"O’Brien, Máire"},
        "47": {"X Æ A-12, Agent 47"},
        "agent 47": {"X Æ A-12, Agent 47"},
        "A-12": {"X Æ A-12, Agent 47"},
        "a12": {"X Æ A-12, Agent 47"},
        "agent 48": set(),
        "सोम": {"वर्मा, सोम"},
        "सीमा": set(),
        "Mac Beth": {"Smith MacBeth, Bea"},
    }
    assert {typed: found(clinic, typed) for typed in wanted} == wanted


@given(st.text(max_size=30))
def test_whatever_a_name_holds_each_of_its_parts_is_kept_whole(text):
    assert fold(fold(text)) == fold(text)
    assert set(name_parts(text)) <= wholes([text])


SIGNED = (
    "DEVANAGARI",
    "BENGALI",
    "TAMIL",
    "THAI",
    "LAO",
    "MYANMAR",
    "KHMER",
    "TIBETAN",
    "SINHALA",
    "TELUGU",
    "MALAYALAM",
)


@given(st.sampled_from("กखอवমআকমကអ"), st.characters(categories=("Mn", "Mc")))
def test_a_sign_of_a_script_whose_signs_are_letters_is_searched_as_one(letter, mark):
    if unicodedata.name(mark, "").startswith(SIGNED):
        assert fold(letter + mark) != fold(letter)
    assert len(name_parts(letter + mark)) == 1


@pytest.mark.parametrize(
    ("given_names", "family", "language", "whole", "listed"),
    [
        ("Ann", "Berg", "en", "Ann Berg", "Berg, Ann"),
        ("小明", "王", "zh", "王小明", "王小明"),
        ("民秀", "金", "en", "金民秀", "金民秀"),
        ("さくら", "山田", "ja", "山田 さくら", "山田 さくら"),
        ("Xiaoming", "Wang", "zh", "Xiaoming Wang", "Wang, Xiaoming"),
        ("Anna", "Nagy", "hu", "Nagy Anna", "Nagy, Anna"),
        ("Văn An", "Nguyễn", "vi", "Nguyễn Văn An", "Nguyễn, Văn An"),
        ("", "Suharto", "id", "Suharto", "Suharto"),
    ],
)
def test_the_family_name_comes_first_where_that_is_the_order(given_names, family, language, whole, listed):
    assert full_name(given_names, family, language) == whole
    assert listed_name(given_names, family) == listed
    assert Patient(given_names=given_names, family_name=family, language=language).full_name == whole


@pytest.mark.parametrize(
    ("locale", "order"),
    [
        ("de", "Aal Ähre Berg Łuk Öst Ott Zorn"),
        ("sv", "Aal Berg Łuk Ott Zorn Ångström Ähre Öst"),
        ("da", "Berg Łuk Ott Zorn Ähre Öst Ångström"),
        ("cs", "Cyr Čech Hora Chyba Ivan"),
        ("es", "Nuz Ñu Oz"),
        ("tr", "Cem Çam Ilgaz İpek"),
        ("zh", "李 王 张"),
    ],
)
def test_a_list_stands_in_the_order_of_the_language(locale, order):
    names = order.split()
    assert sorted(sorted(names), key=lambda name: sort_key("", name, locale=locale)) == names


@given(st.text(max_size=120), st.text(max_size=120))
def test_a_place_is_never_too_long_to_be_indexed(one, other):
    assert len(sort_key(one, other, locale="en")) <= 400


def test_the_family_name_is_compared_before_the_given_name():
    keys = [
        sort_key(given, family, locale="en") for family, given in (("Berg", "Zoe"), ("Berger", "Ann"), ("de Sa", "Bo"))
    ]
    assert keys == sorted(keys)


def listed(clinic):
    with tenant(clinic.pk, actor="test"):
        return [row.name for row in patient_page(machine(clinic, "test"), after=None, today=TODAY).rows]


def test_the_list_is_sorted_anew_when_the_clinic_changes_its_language(clinic):
    for family in ("Öst", "Zorn", "Ott"):
        register(clinic, "A", family)
    assert listed(clinic) == ["Öst, A", "Ott, A", "Zorn, A"]
    Clinic.objects.filter(pk=clinic.pk).update(locale="sv")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_auditevent WHERE table_name = 'patients_patient'")
        before = cursor.fetchone()

    sweep_names()

    assert listed(clinic) == ["Ott, A", "Zorn, A", "Öst, A"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_auditevent WHERE table_name = 'patients_patient'")
        assert cursor.fetchone() == before


def test_names_indexed_by_an_earlier_edition_are_indexed_anew(clinic):
    patient = register(clinic, "小明", "王")
    with tenant(clinic.pk, actor="test"):
        Patient.objects.update(named_by="", sort_key=b"")
        NameToken.objects.all().delete()
        by = machine(clinic, "test")
        assert (name_tokens.renew(by=by), name_tokens.renew(by=by)) == (1, 0)
        patient.refresh_from_db()
        assert patient.named_by
        assert bytes(patient.sort_key) == sort_key("小明", "王", locale=clinic.locale)
    assert found(clinic, "王小明") == {"王小明"}


def test_a_changed_name_moves_in_the_list_and_in_the_search(clinic):
    patient = register(clinic, "Ann", "Zorn")
    register(clinic, "Bob", "Muster")
    by = machine(clinic, "test")
    with tenant(clinic.pk, actor="test"):
        details = PatientDetails(
            given_names="Ann", family_name="Adler", birth_date=date(1970, 5, 7), zone="Europe/Berlin"
        )
        patients.update(by=by, now=NOW, patient=patient, version=1, details=details)
    assert listed(clinic) == ["Adler, Ann", "Muster, Bob"]


def test_the_next_page_goes_on_where_the_last_ended(clinic, monkeypatch):
    monkeypatch.setattr("patients.queries.lists.PAGE_SIZE", 2)
    for family in ("Öst", "Ott", "Zorn", "Zorn", "Ähre"):
        register(clinic, "A", family)
    by, names, after = machine(clinic, "test"), [], None
    with tenant(clinic.pk, actor="test"):
        while page := patient_page(by, after=after, today=TODAY):
            names += [row.family_name for row in page.rows]
            after = page.after
            if after is None:
                break
    assert names == ["Ähre", "Öst", "Ott", "Zorn", "Zorn"]


TURNED = ["\u202eAnn", "Ann\u2066", "A\u202ann", "Ann\u2069"]


def test_writing_that_is_turned_around_is_refused_beside_its_field_and_by_the_database(staff_client, clinic):
    desk = staff_client(Role.FRONT_DESK, clinic=clinic)
    for text in TURNED:
        form = {"family_name": text, "given_names": "B", "birth_date": "1970-05-07", "sex": "unknown"}
        answer = desk.post(reverse("patients:register"), form | {"language": "en", "zone": "Europe/Berlin"})
        assert answer.status_code == 422
        assert "turn the writing around" in answer.context["form"].errors["family_name"][0]
        assert text in answer.context["form"]["family_name"].value()
    for column in ("given_names", "family_name", "preferred_name", "guardian_name", "emergency_contact_name"):
        said = {"given_names": "A", "family_name": "B", "birth_date": date(1970, 5, 7), "zone": "Europe/Berlin"}
        with tenant(clinic.pk, actor="test"), pytest.raises(IntegrityError, match="runs_one_way"), transaction.atomic():
            Patient.objects.create(clinic=clinic, **(said | {column: TURNED[0]}))
    assert "turn the writing around" in Importer(clinic).refused(HEADER + f"{TURNED[0]},B,1970-01-02,,,,\n")[0][1]


def _is_seen(c: str) -> bool:
    """A sign that only chooses another one's form is nothing by itself."""
    return not icu.Char.hasBinaryProperty(c, icu.UProperty.DEFAULT_IGNORABLE_CODE_POINT)


# What is left of lost bytes is none, and the blank pattern of Braille is a space.
LETTERS_AND_SIGNS = st.characters(exclude_categories=("C", "Z"), exclude_characters="\ufffd\u2800").filter(_is_seen)


@given(st.text(LETTERS_AND_SIGNS, max_size=40))
def test_a_line_of_letters_and_signs_is_never_refused(text):
    check_line(text)


def test_the_desk_sees_phones_in_groups_and_is_told_of_words_beside_them(staff_client, clinic):
    patient = register(clinic, "Ann", "Berg")
    desk = staff_client(Role.FRONT_DESK, clinic=clinic)
    url = reverse("patients:add-contact", args=[patient.pk])

    refused = desk.post(url, {"value": "+49 30 901820 Mama"})
    assert refused.status_code == 422
    assert "without “Mama”" in refused.context["form"].errors["value"][0]
    assert "+49 30 901820 Mama" in refused.text

    desk.post(url, {"value": "030 901820 ext 12", "note": "Mama"})
    page = desk.get(reverse("patients:detail", args=[patient.pk])).text
    assert "+49 30 901820 ext. 12" in page
    assert "Mama" in page
    assert found(clinic, "901820") == {"Berg, Ann"}
    assert "+49 30 901820" in desk.get(reverse("patients:list")).text


def test_an_edit_shows_phones_in_groups_and_keeps_one_that_nobody_touched(staff_client, clinic):
    patient = register(clinic, "Ann", "Berg")
    with tenant(clinic.pk, actor="test"):
        Patient.objects.update(emergency_contact_phone="901820", guardian_phone="+4930901820;ext=12")
    desk = staff_client(Role.FRONT_DESK, clinic=clinic)
    url = reverse("patients:edit", args=[patient.pk])
    form = desk.get(url).context["form"]
    assert form["guardian_phone"].value() == "+49 30 901820 ext. 12"
    data = {name: form[name].value() or "" for name in form.fields}

    assert desk.post(url, data).status_code == 302

    with tenant(clinic.pk, actor="test"):
        patient.refresh_from_db()
        assert (patient.emergency_contact_phone, patient.guardian_phone) == ("901820", "+4930901820;ext=12")


def test_the_clinics_own_phones_are_numbers_alone(staff_client, clinic):
    admin = staff_client(Role.CLINIC_ADMIN, clinic=clinic)
    url = reverse("accounts:settings")
    form = admin.get(url).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    for typed, said in (("+49 30 901820 Anna", "without"), ("901820", "area code"), ("030 901820 ext 3", "extension")):
        answer = admin.post(url, data | {"phone": typed})
        assert answer.status_code == 422
        assert said in answer.context["form"].errors["phone"][0]
        assert typed in answer.text
    assert admin.post(url, data | {"phone": "030 901820"}).status_code == 302
    clinic.refresh_from_db()
    assert str(clinic.phone) == "+4930901820"


def test_words_beside_a_phone_come_in_as_its_note(clinic):
    head = "Last name,First name,Date of birth,Phone,Emergency contact,Emergency phone,Guardian,Guardian phone\n"
    row = "Berg,Ann,2012-01-02,+49 30 901820 Mama,Bea Berg,030 901821 aunt,Cy Berg,030 901822 x7 (father)\n"
    Importer(clinic).whole(head + row)
    with tenant(clinic.pk, actor="test"):
        patient = Patient.objects.get()
        (point,) = patient.contactpoint_set.all()
        assert (point.value, point.note) == ("+4930901820", "Mama")
        assert (patient.emergency_contact_phone, patient.emergency_contact_relation) == ("+4930901821", "aunt")
        assert (patient.guardian_phone, patient.guardian_name) == ("+4930901822;ext=7", "Cy Berg (father)")
