"""The audit page answers four questions in three clicks, shows no clinic another's trail, and says its state."""

import csv
import io
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from accounts.tasks import check_audit
from audit.models import AuditCheck, AuditEvent
from audit.services import audit_events
from audit.services.audit_events import View
from catalogue.models import Nerve, Solution
from common.tenancy import tenant
from patients.choices import NumberKind
from patients.models import Allergy, Identifier, Patient
from patients.services import name_tokens
from sessions.models import InjectionPoint, SolutionLot
from sessions.queries import audit_trails
from tests.access import objects
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.patients import PatientFactory
from tests.factories.sessions import InjectionSessionFactory

ROOT = Path(__file__).resolve().parents[2]
CREATED_AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
AUDIT = "sessions:audit_log"
PASSWORD = "correct horse battery staple"
EXPORTS = (
    "scheduling:print_day",
    "scheduling:day_sheet",
    "sessions:recall",
    "patients:import-returned",
    "sessions:audit_csv",
)


@pytest.fixture
def auditor(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    user = UserFactory(full_name="Ada Auditor")
    user.set_password(PASSWORD)
    user.save()
    return staff_client(Role.AUDITOR, clinic=clinic, user=user)


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    with tenant(clinic.pk, actor="test"):
        made = PatientFactory(clinic=clinic, given_names="Aroha", family_name="Auditsentinel")
        name_tokens.add(clinic_id=clinic.pk, names={made.pk: ("Aroha", "Auditsentinel", "")})
    return made


def text_of(answer: Any) -> str:
    assert answer.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def link(answer: Any, words: str) -> str:
    """Where a link whose words begin so leads."""
    for address, inner in re.findall(r'<a\b[^>]*href="([^"]+)"[^>]*>(.*?)</a>', answer.content.decode(), flags=re.S):
        if " ".join(re.sub(r"<[^>]+>", "", inner).split()).startswith(words):
            return unescape(address)
    raise AssertionError(words)


def people(clinic: Clinic, staff_client: Callable[..., Client], role: str, name: str) -> Client:
    return staff_client(role, clinic=clinic, user=UserFactory(full_name=name))


def test_who_looked_at_this_patient(
    clinic: Clinic, patient: Patient, auditor: Client, staff_client: Callable[..., Client]
) -> None:
    people(clinic, staff_client, Role.CLINICIAN, "Dr Vera Ito").get(reverse("sessions:chart", args=[patient.pk]))
    people(clinic, staff_client, Role.FRONT_DESK, "Tom Desk").get(reverse("patients:list"))

    found = auditor.post(reverse("sessions:audit_find"), {"q": "Auditsent"})  # click 2: after “Audit”
    shown = auditor.get(reverse(AUDIT) + link(found, "Who looked").partition("/audit/")[2])  # click 3

    assert "Dr Vera Ito Patient: viewed" in text_of(shown)
    assert "Tom Desk Patient: viewed in a list" in text_of(shown)
    history = auditor.get(link(shown, "History of this patient"))
    assert "Dr Vera Ito" in text_of(history)
    assert "Auditsentinel" not in link(found, "Who looked")


def test_what_did_this_person_do_that_day(
    clinic: Clinic, patient: Patient, auditor: Client, staff_client: Callable[..., Client]
) -> None:
    vera = people(clinic, staff_client, Role.CLINICIAN, "Dr Vera Ito")
    vera.get(reverse("sessions:chart", args=[patient.pk]))
    people(clinic, staff_client, Role.FRONT_DESK, "Tom Desk").get(reverse("patients:detail", args=[patient.pk]))
    person = str(vera.member.user_id)  # type: ignore[attr-defined]
    with tenant(clinic.pk):
        day = (
            AuditEvent.objects.in_clinic(clinic.pk).newest_first()[0].at.astimezone(vera.member.as_actor().zone).date()
        )  # type: ignore[attr-defined]

    page = text_of(auditor.get(reverse(AUDIT), {"person": person, "first": f"{day}", "last": f"{day}"}))
    before = text_of(auditor.get(reverse(AUDIT), {"person": person, "last": "2020-01-01"}))

    rows = page.partition("From → to Reason")[2]
    assert "Dr Vera Ito" in rows
    assert "Tom Desk" not in rows
    assert "No entries" in before


def test_who_changed_this_dose(clinic: Clinic, patient: Patient, auditor: Client) -> None:
    with tenant(clinic.pk, actor="test"):
        session = InjectionSessionFactory(clinic=clinic, appointment__patient=patient)
        nerve, solution = Nerve.objects.order_by("pk")[0], Solution.objects.order_by("pk")[0]
        point = InjectionPoint.objects.create(
            clinic=clinic,
            injection_session=session,
            number=1,
            nerve=nerve,
            side="left",
            volume_ml="0.5",
            solution=solution,
        )
        vera = MembershipFactory(clinic=clinic, role=Role.CLINICIAN, user__full_name="Dr Vera Ito")
    with tenant(clinic.pk, actor=vera.as_actor().audit_name, reason="read wrongly"):
        InjectionPoint.objects.filter(pk=point.pk).update(volume_ml="1")

    found = auditor.post(reverse("sessions:audit_find"), {"q": "Auditsent"})
    shown = text_of(auditor.get(link(found, "Who changed")))

    where = f"{nerve.name}, Left, session of {session.started_at.astimezone(ZoneInfo(clinic.zone)):%-d %b %Y}"
    words = f"Dr Vera Ito Injection point: changed Aroha Auditsentinel {where} Volume: 0.5 mL → 1 mL read wrongly"
    assert words in shown


def test_who_exported_what(
    clinic: Clinic, patient: Patient, auditor: Client, staff_client: Callable[..., Client]
) -> None:
    desk = people(clinic, staff_client, Role.FRONT_DESK, "Tom Desk")
    with tenant(clinic.pk, actor="test"):
        session = InjectionSessionFactory(clinic=clinic, appointment__patient=patient)
    day = session.started_at.astimezone(desk.member.as_actor().zone).date()  # type: ignore[attr-defined]
    desk.get(reverse("scheduling:day_sheet"), {"day": f"{day}"})

    page = auditor.get(reverse(AUDIT))
    shown = text_of(auditor.get(link(page, "Who exported what")))

    assert f"Tom Desk Exported: Day sheet of {day:%-d %b %Y}: 1 patient Aroha Auditsentinel" in shown


def test_every_export_is_named_in_words(
    clinic: Clinic, patient: Patient, auditor: Client, staff_client: Callable[..., Client]
) -> None:
    made = objects.make(clinic, "Exportsentinel")
    admin = people(clinic, staff_client, Role.CLINIC_ADMIN, "Ann Admin")
    for name, key in (
        ("sessions:recall", "lot_id"),
        ("patients:import-returned", "import_id"),
        ("sessions:audit_csv", ""),
    ):
        assert admin.get(reverse(name, args=[made[key]] if key else [])).status_code == 200, name
    with tenant(clinic.pk):
        lot = SolutionLot.objects.get(pk=made["lot_id"]).lot_number
    shown = text_of(auditor.get(reverse(AUDIT), {"act": "exports"}))

    for words in (f"Recall list of lot {lot}: ", "Rows of an import that came back: ", "Audit trail: "):
        assert f"Ann Admin Exported: {words}" in shown
    with tenant(clinic.pk, actor="test"):  # as exports were written before they had names
        audit_events.record(View(table="pit_sessions_paper", kind="export", details={"rows": 2}))
    assert "Exported: Paper: 2 rows" in text_of(auditor.get(reverse(AUDIT), {"act": "exports"}))


def test_what_was_created_tells_what_it_began_with(clinic: Clinic, patient: Patient, auditor: Client) -> None:
    with tenant(clinic.pk, actor="test"):
        vera = MembershipFactory(clinic=clinic, role=Role.CLINICIAN, user__full_name="Dr Vera Ito")
    with tenant(clinic.pk, actor=vera.as_actor().audit_name):
        kept = Allergy.objects.create(
            clinic=clinic, patient=patient, substance="other", substance_text="Latex", recorded_at=CREATED_AT
        )
        for later in ({"substance_text": "Lidocaine", "reaction": "hives"}, {"substance_text": "Procaine"}):
            Allergy.objects.filter(pk=kept.pk).update(**later)
        gone = Identifier.objects.create(clinic=clinic, patient=patient, system=NumberKind.NATIONAL, value="N-FIRST")
        Identifier.objects.filter(pk=gone.pk).update(value="N-SECOND")
        Identifier.objects.filter(pk=gone.pk).delete()
    begun = {}
    for record, first in (("patients_allergy", "Latex"), ("patients_identifier", "N-FIRST")):
        question = {"patient": str(patient.pk), "record": record}
        shown = text_of(auditor.get(reverse(AUDIT), question)).partition("From → to Reason")[2]
        begun[record] = shown[shown.index(": created ") :]
        table = auditor.get(reverse("sessions:audit_csv"), question).content.decode("utf-8-sig")
        (told,) = [row[5] for row in csv.reader(io.StringIO(table), delimiter=";") if row[2] == "created"]
        assert first in begun[record]
        assert first in told
        assert "→" not in told

    assert "hives" not in begun["patients_allergy"]
    assert "Lidocaine" not in begun["patients_allergy"]
    assert "N-SECOND" not in begun["patients_identifier"]


def test_a_day_that_is_none_is_an_error_beside_its_field(clinic: Clinic, patient: Patient, auditor: Client) -> None:
    for typed, name, told in (
        ({"first": "31.2.2026"}, "first", "Enter a date like"),
        ({"last": "yesterday", "person": ""}, "last", "Enter a date like"),
        ({"first": "1066-10-14"}, "first", "Enter"),
        ({"first": "2026-03-04", "last": "2026-03-03"}, "last", "This day is before the first one."),
    ):
        for address in (reverse(AUDIT), reverse("sessions:audit_csv")):
            answer = auditor.get(address, typed)
            page = answer.content.decode()
            wrong = re.search(rf'id="id_{name}_error">(.*?)</p>', page, re.DOTALL)
            assert answer.status_code == 200, typed
            assert wrong, typed
            assert told in wrong[1]
            assert "Aroha" not in page
    assert auditor.get(reverse(AUDIT), {"first": "31.2.2026", "record": "pg_authid"}).status_code == 400


def test_a_record_alone_is_shown_from_a_day_on_and_says_so(clinic: Clinic, patient: Patient, auditor: Client) -> None:
    words = "because nothing but the record was asked for"
    for question, is_said in (
        ({"record": "patients_patient"}, True),
        ({"record": "patients_patient", "last": "2099-01-01"}, False),
    ):
        assert (words in text_of(auditor.get(reverse(AUDIT), question))) == is_said
        last = auditor.get(reverse("sessions:audit_csv"), question).content.decode().splitlines()[-1]
        assert (words in last) == is_said


def test_a_spreadsheet_knows_the_letters_of_every_table(
    clinic: Clinic, auditor: Client, staff_client: Callable[..., Client]
) -> None:
    made = objects.make(clinic, "Zoë")
    admin = staff_client(Role.CLINIC_ADMIN, clinic=clinic)
    for name, key in (
        ("sessions:recall", "lot_id"),
        ("patients:import-returned", "import_id"),
        ("sessions:audit_csv", ""),
    ):
        answer = admin.get(reverse(name, args=[made[key]] if key else []))
        assert answer.content.startswith(b'\xef\xbb\xbf"'), name
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    writers = [path for path in ROOT.glob("*/**/*.py") if not {"tests", ".venv", "vendor"} & set(path.parts)]
    assert [path.name for path in writers if "csv.writer(" in path.read_text()] == ["csv_export.py"]


def test_a_list_leaves_one_event_for_each_patient_is_told_once_and_not_again_within_the_hour(
    clinic: Clinic, auditor: Client, staff_client: Callable[..., Client]
) -> None:
    with tenant(clinic.pk, actor="test"):
        made = PatientFactory.create_batch(3, clinic=clinic)
    desk = people(clinic, staff_client, Role.FRONT_DESK, "Tom Desk")
    for _look in range(3):
        desk.get(reverse("patients:list"))

    with tenant(clinic.pk):
        told = AuditEvent.objects.in_clinic(clinic.pk).filter(kind="view", actor=f"user:{desk.member.user_id}")  # type: ignore[attr-defined]
        assert sorted(str(event.patient_id) for event in told) == sorted(str(patient.pk) for patient in made)
    assert (
        text_of(auditor.get(reverse(AUDIT), {"act": "views"})).count("Tom Desk Patient: viewed in a list 3 patients")
        == 1
    )


def test_pages_follow_one_another_without_a_gap_or_a_double(in_clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_trails, "PAGE_SIZE", 3)
    by = MembershipFactory(clinic=in_clinic).as_actor()
    patient = PatientFactory(clinic=in_clinic)
    for number in range(7):
        Patient.objects.filter(pk=patient.pk).update(given_names=f"Name{number}")
    seen: list[Any] = []
    older: AuditEvent | None = None
    while True:
        before = {"before": older.at, "before_id": older.pk} if older else {}
        page = audit_trails.trail_page(by, audit_trails.Asked(patient_id=patient.pk, **before))
        seen += [told.entry.line.event.pk for told in page.told]
        older = page.older
        if older is None:
            break
    assert len(seen) == len(set(seen)) == 8


def test_one_clinics_trail_is_never_anothers(
    clinic: Clinic, other_clinic: Clinic, patient: Patient, staff_client: Callable[..., Client], as_superuser: Any
) -> None:
    stranger = staff_client(Role.AUDITOR, clinic=other_clinic)
    as_superuser()

    assert stranger.get(reverse(AUDIT), {"patient": str(patient.pk)}).status_code == 404
    assert stranger.get(reverse("sessions:audit_csv"), {"patient": str(patient.pk)}).status_code == 404
    assert stranger.get(reverse(AUDIT), {"person": str(UserFactory().pk)}).status_code == 400
    assert stranger.get(reverse(AUDIT), {"record": "pg_authid"}).status_code == 400
    for address in (reverse(AUDIT), reverse("sessions:audit_csv")):
        assert "Auditsentinel" not in stranger.get(address).content.decode()
    assert "Auditsentinel" not in stranger.post(reverse("sessions:audit_find"), {"q": "Auditsent"}).content.decode()


def test_a_table_asks_for_the_password_and_is_written_for_each_patient_in_it(
    clinic: Clinic, patient: Patient, auditor: Client
) -> None:
    session = auditor.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() - 900}]
    session.save()
    url = reverse("sessions:audit_csv")

    assert "Is it still you?" in text_of(auditor.get(url))
    assert auditor.post(url, {"password": "wrong"}).status_code == 422
    ready = auditor.post(f"{url}?act=changes", {"password": PASSWORD})
    answer = auditor.get(link(ready, "Open the list"))

    rows = list(csv.reader(io.StringIO(answer.content.decode()), delimiter=";"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit-trail.csv"'
    assert [row[4] for row in rows if row[3] == "patient"] == ["Aroha Auditsentinel"]
    with tenant(clinic.pk):
        told = AuditEvent.objects.in_clinic(clinic.pk).filter(kind="export", table_name="audit_auditevent")
        assert [event.patient_id for event in told] == [patient.pk]


def test_a_table_that_had_no_room_for_all_says_so(
    patient: Patient, auditor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_trails, "CSV_ROWS", 1)
    answer = auditor.get(reverse("sessions:audit_csv"))
    assert answer.content.decode().splitlines()[-1] == '"Older entries are left out: ask for fewer days."'


def test_each_list_that_leaves_asks_whether_it_is_still_you(
    clinic: Clinic, staff_client: Callable[..., Client]
) -> None:
    made = objects.make(clinic, "Exportsentinel")
    admin = staff_client(Role.CLINIC_ADMIN, clinic=clinic)
    arguments = {"sessions:recall": ["lot_id"], "patients:import-returned": ["import_id"]}
    session = admin.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() - 900}]
    session.save()
    for name in EXPORTS:
        url = reverse(name, args=[made[key] for key in arguments.get(name, [])])
        assert "Is it still you?" in text_of(admin.get(url)), name
    with tenant(clinic.pk):
        assert not AuditEvent.objects.in_clinic(clinic.pk).filter(kind="export").exists()


@time_machine.travel(datetime(2026, 3, 4, 10, 0, tzinfo=UTC), tick=False)
def test_the_page_says_how_far_the_trail_is_sealed_and_what_the_last_check_found(
    clinic: Clinic, patient: Patient, auditor: Client, as_superuser: Callable[[], None]
) -> None:
    assert "Not sealed yet" in text_of(auditor.get(reverse(AUDIT)))
    with connection.cursor() as cursor, tenant(clinic.pk):
        cursor.execute("SET ROLE pit_worker")
        cursor.execute("SELECT is_whole, problem_count FROM audit_check(%s)", [clinic.pk])
        assert cursor.fetchone() == (True, 0)
        cursor.execute("SET ROLE pit_app")
    assert re.search(r"Checked on \d+ \w+ \d{4} \d\d:\d\d ?: no break\.", text_of(auditor.get(reverse(AUDIT))))
    as_superuser()
    with connection.cursor() as cursor, tenant(clinic.pk):
        cursor.execute(
            "INSERT INTO audit_auditcheck (clinic_id, checked_at, last_number, is_whole, problem_count, first_problem)"
            " VALUES (%s, clock_timestamp(), 7, true, 2, '3: changed event')",
            [clinic.pk],
        )
    assert "2 breaks in the chain, the first at link 3: changed event" in text_of(auditor.get(reverse(AUDIT)))
    assert AuditCheck.objects.count() == 2
    assert check_audit.name in {row["task"] for row in settings.CELERY_BEAT_SCHEDULE.values()}


def test_an_auditor_and_an_admin_reach_a_patients_history(
    clinic: Clinic, patient: Patient, auditor: Client, staff_client: Callable[..., Client]
) -> None:
    admin = staff_client(Role.CLINIC_ADMIN, clinic=clinic)
    for client, page in (
        (auditor, auditor.get(reverse(AUDIT), {"patient": str(patient.pk)})),
        (admin, admin.get(reverse("patients:detail", args=[patient.pk]))),
    ):
        assert "Aroha" in text_of(client.get(link(page, "History")))
