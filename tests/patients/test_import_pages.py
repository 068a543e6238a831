"""The admin uploads, maps, checks and imports; everybody else is refused, and too much is refused early."""

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.choices import Role
from common.csv_export import as_written, csv_text, safe_cell, separator_of
from common.tenancy import tenant
from patients.models import Patient, PatientImport
from patients.services import import_files
from patients.tasks import run_import

DATA = Path(__file__).parents[1] / "data"
State = PatientImport.State


@pytest.fixture(autouse=True)
def quick_progress(monkeypatch):
    monkeypatch.setattr("patients.services.import_progress.EVERY_SECONDS", 30)


@pytest.fixture
def admin(staff_client, clinic):
    return staff_client(Role.CLINIC_ADMIN, clinic=clinic)


@pytest.fixture
def upload(admin):
    def send(content, name="people.csv"):
        return admin.post(reverse("patients:imports"), {"file": SimpleUploadedFile(name, content)})

    return send


def job_of(clinic):
    with tenant(clinic.pk, actor="test"):
        return PatientImport.objects.order_by("-created_at").first()


def work(clinic):
    run_import(clinic_id=str(clinic.pk), import_id=str(job_of(clinic).pk))
    return job_of(clinic)


def columns(page):
    return {name: field.value() or "" for name in page.context["form"].fields for field in [page.context["form"][name]]}


def test_a_table_comes_in_through_the_pages(admin, upload, clinic, django_capture_on_commit_callbacks, monkeypatch):
    sent = []
    monkeypatch.setattr(
        "patients.views.imports.current_app.send_task", lambda name, kwargs: sent.append((name, kwargs))
    )
    url = upload((DATA / "patients.csv").read_bytes()).url
    page = admin.get(url)
    assert "Šimková" in page.text
    with django_capture_on_commit_callbacks(execute=True):
        assert admin.post(reverse("patients:import-check", args=[job_of(clinic).pk]), columns(page)).url == url
    names = {"clinic_id": str(clinic.pk), "import_id": str(job_of(clinic).pk)}
    assert sent == [("patients.tasks.run_import", names)]
    progress = reverse("patients:import-progress", args=[job_of(clinic).pk])
    assert "Waiting for the worker" in admin.get(progress, headers={"X-Poll": "1"}).text
    assert work(clinic).state == State.CHECKED
    assert admin.get(progress).headers["HX-Refresh"] == "true"
    assert "nothing is wrong" in admin.get(url).text
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(reverse("patients:import-apply", args=[job_of(clinic).pk]))
    assert work(clinic).state == State.DONE
    assert "Imported" in admin.get(url).text
    assert "people.csv" in admin.get(reverse("patients:imports")).text
    with tenant(clinic.pk, actor="test"):
        assert Patient.objects.count() == 10


def test_a_bundle_needs_no_columns(admin, upload, clinic):
    url = upload((DATA / "bundle.json").read_bytes(), "bundle.json").url
    assert "Check the file" in admin.get(url).text
    admin.post(reverse("patients:import-check", args=[job_of(clinic).pk]))
    assert work(clinic).counts["new"] == 3
    assert "Passed over: Observation" in admin.get(url).text


def test_a_file_without_a_good_row_cannot_be_run(admin, upload, clinic):
    url = upload(b"Name,Born\n=cmd,1970-01-02\nBerg Ann,never\n").url
    page = admin.get(url)
    admin.post(reverse("patients:import-check", args=[job_of(clinic).pk]), columns(page))
    work(clinic)
    page = admin.get(url).text
    assert "2 rows cannot go in" in page
    assert "no row can go in" in page
    assert "import/apply" not in page
    admin.post(reverse("patients:import-apply", args=[job_of(clinic).pk]))
    assert job_of(clinic).state == State.CHECKED
    key = job_of(clinic).returned_key
    assert admin.post(reverse("patients:import-discard", args=[job_of(clinic).pk])).url == reverse("patients:imports")
    assert job_of(clinic).state == State.FAILED
    assert admin.get(reverse("patients:import-returned", args=[job_of(clinic).pk])).status_code == 404
    assert key


def test_the_rows_that_came_back_are_downloaded_with_their_reasons(admin, upload, clinic):
    url = upload(b"Name,Born\n=cmd,1970-01-02\nBerg Ann,never\nGood Bob,1971-01-02\n").url
    admin.post(reverse("patients:import-check", args=[job_of(clinic).pk]), columns(admin.get(url)))
    work(clinic)
    assert "Import the good rows" in admin.get(url).text
    admin.post(reverse("patients:import-apply", args=[job_of(clinic).pk]))
    assert work(clinic).state == State.DONE
    listed = admin.get(reverse("patients:import-returned", args=[job_of(clinic).pk]))
    assert listed.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(listed.content.decode("utf-8-sig")), delimiter=separator_of(clinic.country)))
    assert [(row["What is wrong"], row["Row"], row["Born"]) for row in rows] == [
        ("Whole name in one column: This begins like a formula of a spreadsheet.", "2", "1970-01-02"),
        ("Date of birth: This is not a date with a four-digit year.", "3", "never"),
    ]
    with tenant(clinic.pk, actor="test"):
        assert Patient.objects.get().family_name == "Bob"


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({}, "which column holds the name"),
        ({"name": "0"}, "which column holds the date"),
        ({"name": "0", "birth_date": "0"}, "same column"),
        ({"name": "7", "birth_date": "1"}, "Choose one of the options"),
    ],
)
def test_columns_that_make_no_sense_are_refused(admin, upload, clinic, chosen, said):
    upload(b"Who,Born\nBerg Ann,1970-01-02\n")
    answer = admin.post(
        reverse("patients:import-check", args=[job_of(clinic).pk]), {"date_order": "day", "years": "back"} | chosen
    )
    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 zip", b"<html><table></table></html>"])
def test_a_file_of_another_kind_is_refused_at_once(upload, clinic, content):
    assert upload(content).status_code == 422
    assert job_of(clinic) is None


def test_the_letters_of_an_older_file_are_guessed_shown_and_chosen(admin, upload, clinic):
    url = upload("Name,Born\nŽofia Müller,1970-01-02\n".encode("cp1250")).url
    page = admin.get(url)
    assert columns(page)["letters"] == "cp1252"
    check = reverse("patients:import-check", args=[job_of(clinic).pk])
    admin.post(check, columns(page) | {"letters": "cp1250"})
    assert work(clinic).state == State.CHECKED
    page = admin.get(url)
    assert "Žofia Müller" in page.text
    assert columns(page)["letters"] == "cp1250"
    admin.post(reverse("patients:import-apply", args=[job_of(clinic).pk]))
    work(clinic)
    with tenant(clinic.pk, actor="test"):
        assert Patient.objects.get().given_names == "Žofia"


@pytest.mark.parametrize(("day", "is_asked"), [("5/6/1970", True), ("25/6/1970", False), ("1970-06-05", False)])
def test_where_no_date_tells_the_order_somebody_is_asked_to_look(admin, upload, clinic, day, is_asked):
    page = admin.get(upload(f"Name,Born\nBerg,{day}\n".encode()).url)
    assert ("Look at one that you know" in page.text) == is_asked


def test_a_file_in_utf_8_is_not_asked_for_its_letters(admin, upload, clinic):
    assert "letters" not in columns(admin.get(upload("Name,Born\nMüller,1970-01-02\n".encode()).url))


class Announced:
    """A body that counts what is read of it."""

    was_read = 0

    def read(self, size=65_536):
        self.was_read += size
        return b"x" * size

    readline = read


def test_two_gigabytes_are_refused_before_they_arrive(admin, clinic):
    body = Announced()
    said = {"CONTENT_TYPE": "multipart/form-data; boundary=b", "CONTENT_LENGTH": str(2 * 1024**3)}
    answer = admin.generic("POST", reverse("patients:imports"), **said, **{"wsgi.input": body})
    assert answer.status_code == 413
    assert "too large" in answer.text
    assert body.was_read == 0
    assert job_of(clinic) is None


def test_only_the_admin_of_the_clinic_sees_imports(staff_client, upload, clinic, other_clinic, as_superuser):
    upload(b"Name,Born\nBerg Ann,1970-01-02\n")
    job = job_of(clinic)
    urls = [reverse("patients:imports"), reverse("patients:import", args=[job.pk])]
    for role in (Role.CLINICIAN, Role.FRONT_DESK, Role.AUDITOR, Role.RESEARCHER):
        client = staff_client(role, clinic=clinic)
        assert {client.get(url).status_code for url in urls} == {403}
    foreign = staff_client(Role.CLINIC_ADMIN, clinic=other_clinic)
    as_superuser()
    for name in ("import", "import-progress", "import-returned"):
        assert foreign.get(reverse(f"patients:{name}", args=[job.pk])).status_code == 404
    for name in ("import-check", "import-apply", "import-discard"):
        assert foreign.post(reverse(f"patients:{name}", args=[job.pk])).status_code == 404
    assert import_files.files().exists(job.file_key)


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>.csv", "../../etc/passwd", "=cmd|' /C calc'!A0.csv", "a" * 190]
)
def test_a_file_name_is_only_ever_text(admin, upload, clinic, name):
    page = admin.get(upload(b"Name,Born\nBerg Ann,1970-01-02\n", name).url)
    assert "<script>alert" not in page.text
    assert "/" not in job_of(clinic).file_name
    assert name[:20] not in job_of(clinic).file_key


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", " =1"])
def test_an_exported_cell_is_never_a_formula(text):
    assert safe_cell(text) == f'="{text}"'
    assert str(safe_cell(text + "x" * 255)).startswith("'")
    assert safe_cell(-1) == -1


@pytest.mark.parametrize(
    "text", ["007", "123456789012345678", "+49 30 901820", "3-4", "12/5", "1E5", '=1&"a"', "-", "Zoë"]
)
def test_a_cell_looks_as_it_was_written_and_comes_back_so(text):
    assert as_written(str(safe_cell(text))) == text


@pytest.mark.parametrize("text", ["plain", "1981-03-04", "12", "3.4.1981", "O'Brien", "'s-Gravenhage"])
def test_what_no_spreadsheet_changes_stays_plain(text):
    assert safe_cell(text) == text
    assert as_written(text) == text


@pytest.mark.parametrize(("country", "number"), [("DE", '"1,5"'), ("AU", '"1.5"'), ("CH", '"1.5"')])
def test_a_number_has_the_countrys_decimal_sign(country, number):
    assert csv_text(["a"], [[Decimal("1.5")]], country=country) == f'"a"\r\n{number}\r\n'


@pytest.mark.parametrize(("country", "separator"), [("DE", ";"), ("AU", ","), ("US", ","), ("CH", ";"), ("FR", ";")])
def test_a_table_is_parted_as_the_countrys_spreadsheets_part_it(country, separator):
    assert csv_text(["a", "b"], [["plain", "x"]], country=country) == f'"a"{separator}"b"\r\n"plain"{separator}"x"\r\n'
