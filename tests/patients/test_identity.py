"""An import never guesses who somebody is: what is only similar becomes a record of its own, and is asked about."""

import json
import unicodedata
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.tenancy import tenant
from patients.choices import Sex
from patients.identity import is_a_slip, may_be_one_sex, same_name, spelled
from patients.importing.people import Person
from patients.models import AlikePair, Allergy, ContactPoint, ImportedRow, Patient, PatientImport
from patients.queries import Likeness, possible_duplicates
from patients.records import PatientDetails
from patients.services import alike_pairs, merges
from patients.services.import_writing import Writer
from tests.patients.importer import DATA, NOW, TODAY, Importer, Kind
from tests.patients.people import register

HEAD = "Last name,First name,Date of birth,Sex,Email,Old number\n"
# Pairs that differ in one mark, of a script each.
PAIRS = (
    ("सीमा", "सोमा"),
    ("กมล", "กิมล"),
    ("שָׁלוֹם", "שלום"),
    ("عُمَر", "عمر"),
    ("রিনা", "রানা"),
    ("கமலா", "கமல"),
    ("សុខ", "សខ"),
    ("မိမိ", "မမ"),
    ("かな", "がな"),
    ("José", "Jose"),
    ("Ёлка", "Елка"),
    ("O’Brien", "OBrien"),
    ("김민", "김만"),
)


@pytest.fixture(autouse=True)
def quick_progress(monkeypatch):
    monkeypatch.setattr("patients.services.import_progress.EVERY_SECONDS", 30)


def inside(clinic):
    return tenant(clinic.pk, actor="test")


def compare_all(by):
    alike_pairs.compare(by=by, patient_ids=list(Patient.objects.visible_to(by).values_list("pk", flat=True)))


def test_two_names_that_differ_in_vowel_signs_are_two_people(clinic):
    importer = Importer(clinic)
    importer.whole((DATA / "vowel-signs.csv").read_bytes())
    job = importer.whole((DATA / "vowel-signs.json").read_bytes(), Kind.FHIR)

    assert (job.counts["new"], job.counts["extended"], job.counts["may_be_here"]) == (1, 0, 0)
    with inside(clinic):
        assert Patient.objects.count() == 2
        allergy = Allergy.objects.select_related("patient").get()
        assert (allergy.patient.given_names, allergy.patient.sex) == ("सोम", "male")


def test_no_mark_of_any_script_makes_two_people_one(clinic):
    importer = Importer(clinic)
    importer.whole(HEAD + "".join(f"Same,{one},1970-01-02,,,\n" for one, _other in PAIRS))
    job = importer.whole(
        HEAD + "".join(f"Same,{other},1970-01-02,,a{n}@x.org,\n" for n, (_o, other) in enumerate(PAIRS))
    )

    assert (job.counts["new"], job.counts["extended"], job.counts["unchanged"]) == (len(PAIRS), 0, 0)
    with inside(clinic):
        assert set(ContactPoint.objects.values_list("patient__given_names", flat=True)) == {two for _one, two in PAIRS}


name_texts = st.one_of(
    st.text(st.characters(categories=("L", "M", "Nd")), min_size=1, max_size=12),
    st.sampled_from([name for pair in PAIRS for name in pair]),
)


@given(name_texts, name_texts)
def test_names_that_differ_in_any_letter_or_mark_are_never_the_same(one, other):
    def plain(text):
        return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())

    assert same_name((one, "X"), (other, "X")) == (plain(one) == plain(other))
    assert spelled(f" {unicodedata.normalize('NFD', one)} ") == spelled(one)


@given(st.sampled_from(list(Sex)), st.sampled_from(list(Sex)))
def test_two_known_sexes_are_never_one_person(one, other):
    assert may_be_one_sex(one, other) == (one == other or Sex.UNKNOWN in (one, other))


@given(st.dates(date(1900, 1, 1), date(2020, 1, 1)), st.dates(date(1900, 1, 1), date(2020, 1, 1)))
def test_a_slip_in_a_day_is_the_same_both_ways(one, other):
    assert is_a_slip(one, other) == is_a_slip(other, one)
    assert is_a_slip(one, one)


def test_name_and_birth_date_alone_are_asked_about_and_write_on_nobody(clinic):
    here = register(clinic, "Ann", "Berg", date(1970, 1, 2))
    importer = Importer(clinic)
    people = HEAD + "Berg,Ann,1970-01-02,,ann@x.org,\nNew,Bob,1971-01-02,,,\n"
    checked = importer.check(importer.take(people))
    assert (checked.counts["new"], checked.counts["may_be_here"]) == (2, 1)
    assert checked.counts["may_be_here_rows"] == [2]
    importer.apply(checked)
    with inside(clinic):
        assert not ContactPoint.objects.filter(patient=here).exists()
        compare_all(importer.by)
        pair = AlikePair.objects.get()
        assert here.pk in (pair.one_id, pair.other_id)


def test_the_same_file_again_is_known_by_its_rows_also_after_a_merge(clinic):
    here = register(clinic, "Ann", "Berg", date(1970, 1, 2))
    importer = Importer(clinic)
    people = HEAD + "Berg,Ann,1970-01-02,,,\nSolo,,1971-01-02,,,\n"
    importer.whole(people)
    again = importer.whole(people)
    assert (again.counts["new"], again.counts["unchanged"], again.counts["may_be_here"]) == (0, 2, 0)
    with inside(clinic):
        other = Patient.objects.exclude(pk=here.pk).get(family_name="Berg")
        merges.merge(by=importer.by, now=NOW, survivor_id=here.pk, merged_id=other.pk, reason="one person")
    assert importer.whole(people).counts["unchanged"] == 2
    with inside(clinic):
        assert Patient.objects.standing().count() == 2


def test_a_table_of_another_kind_is_another_source_even_with_the_same_row(clinic):
    importer = Importer(clinic)
    importer.whole(HEAD + "Berg,Ann,1970-01-02,,,\n")
    other = importer.whole("Surname,Forename,Born,Notes\nBerg,Ann,1970-01-02,\n")
    assert (other.counts["new"], other.counts["unchanged"], other.counts["may_be_here"]) == (1, 0, 1)


@pytest.mark.parametrize(
    ("row", "counted"),
    [
        ("Berg,Ann,1970-01-02,female,ann@x.org,", "extended"),
        ("BERG, ann ,1970-01-02,,ann@x.org,", "extended"),
        ("Berg,Ann,1970-01-02,male,ann@x.org,", "new"),
        ("Berg,Anne,1970-01-02,female,ann@x.org,", "new"),
        ("Berg,Ann,1970-02-01,female,ann@x.org,", "new"),
        ("Berg,Ann,1970-01-02,female,other@x.org,", "new"),
    ],
)
def test_a_shared_mailbox_makes_one_person_only_with_the_same_name_day_and_sex(clinic, row, counted):
    importer = Importer(clinic)
    importer.whole(HEAD + "Berg,Ann,1970-01-02,female,ann@x.org,\n")
    table = HEAD.replace("Email", "Email,Phone") + row.replace("x.org", "x.org,030 901820") + "\n"
    assert importer.whole(table).counts[counted] == 1


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Berg,Bea,1970-01-02,female,,F1", "same date of birth and another name"),
        ("Berg,Ann,2001-07-09,female,,F1", "same name and another date of birth"),
        ("Berg,Ann,1970-01-02,male,,F1", "another sex"),
        ("Berg,Bob,1999-01-02,,,F1", "another name and another date"),
        ("Wed,Ann,1970-01-02,,,F1", ""),
        ("Berg,Ann,1970-02-01,,,F1", ""),
    ],
)
def test_a_number_that_a_family_shares_is_no_identity(clinic, row, said):
    importer = Importer(clinic)
    importer.whole(HEAD + "Berg,Ann,1970-01-02,female,,F1\n")
    job = importer.check(importer.take(HEAD + row + "\n"))
    assert [said in error["reason"] for error in job.errors] == ([True] if said else [])


def test_a_bundle_that_says_who_it_means_everywhere_is_known_by_that(clinic):
    def bundle(given, *, born="1970-01-02", allergy=False):
        who = "urn:uuid:0b9c0000-0000-4000-8000-00000000000a"
        person = {"resourceType": "Patient", "name": [{"family": "Berg", "given": [given]}], "birthDate": born}
        entries = [{"fullUrl": who, "resource": person}]
        if allergy:
            said = {"resourceType": "AllergyIntolerance", "patient": {"reference": who}, "code": {"text": "Latex"}}
            entries.append({"resource": said})
        return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})

    importer = Importer(clinic)
    importer.whole(bundle("Ann"), Kind.FHIR)
    assert importer.whole(bundle("Ann", allergy=True), Kind.FHIR).counts["extended"] == 1
    assert importer.whole(bundle("Anna", allergy=True), Kind.FHIR).counts["new"] == 1


def test_the_desk_is_asked_about_what_is_similar_and_of_another_sex_only_about_the_same_name(clinic):
    register(clinic, "सीमा", "वर्मा", date(1990, 3, 4))
    with inside(clinic):
        Patient.objects.update(sex=Sex.FEMALE)
        like = Likeness(names=("सोम", "वर्मा"), birth_date=date(1990, 3, 4))
        by = Importer(clinic).by
        assert len(possible_duplicates(by, like, today=TODAY)) == 1
        assert possible_duplicates(by, replace(like, sex=Sex.MALE), today=TODAY) == []
        (same,) = possible_duplicates(by, replace(like, names=("सीमा", "वर्मा"), sex=Sex.MALE), today=TODAY)
        assert same.reasons == (
            "Same name and date of birth, another sex: female here, male typed. Is it the same person?",
        )


def test_a_name_of_one_part_and_the_same_day_are_a_possible_duplicate_and_brother_and_sister_are_none(clinic):
    importer = Importer(clinic)
    rows = "Suharto,,1970-01-02,,,\nKim,Min Su,1980-01-02,male,,\nKim,Min Seo,1980-01-02,female,,\n"
    importer.whole(HEAD + rows)
    register(clinic, "", "Suharto", date(1970, 1, 2))
    with inside(clinic):
        compare_all(importer.by)
        assert AlikePair.objects.count() == 1


def test_a_mark_covers_whatever_a_row_says_and_only_that(in_clinic):
    def person(row=2, **more):
        details = PatientDetails(
            given_names="Ann", family_name="Berg", birth_date=date(1970, 1, 2), zone="Europe/Berlin"
        )
        return Person(row, replace(details, **more))

    assert person().row_mark == person(9, zone="Asia/Tokyo", language="ja").row_mark
    assert person().row_mark != person(guardian_name="Bea").row_mark
    job = PatientImport.objects.create(clinic=in_clinic, kind="csv", file_name="a.csv")
    writer = Writer(by=Importer(in_clinic).by, now=NOW, is_dry_run=False, import_id=job.pk)
    writer.take([person()])
    assert ImportedRow.objects.count() == 1
