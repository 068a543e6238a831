"""Procedure notes and letters: what they say, and that they stay as they were made."""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.choices import Role
from accounts.models import Clinic
from audit.models import AuditEvent
from common import phones
from common.tenancy import tenant
from common.wall_clock import local_day
from patients.models import Allergy
from scheduling.choices import VisitStatus
from sessions.choices import OverrideReason, PointSide, TimeOutItem
from sessions.drafts import PointRow, TimeOutRow
from sessions.models import InjectionSession, Paper
from sessions.queries.injection_sessions import load
from sessions.queries.session_facts import facts_of
from sessions.rules import findings
from sessions.rules.facts import Material, Place, Shown
from sessions.rules.time_outs import fingerprint
from sessions.services import co_signatures, injection_sessions
from tests.factories.accounts import MembershipFactory
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.treatments import SolutionLotFactory, a_draft, actor_of

NOW = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
NAME = '#eval("1+1")'


@pytest.fixture
def client(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.CLINICIAN, clinic=clinic)


@pytest.fixture
def draft(clinic: Clinic, client: Client) -> InjectionSession:
    """A saved draft: left infrapatellar and right sural, of a patient whose name is a command."""
    with tenant(clinic.pk, actor="test"):
        visit = AppointmentFactory(
            clinic=clinic,
            clinician=client.member,
            patient=PatientFactory(clinic=clinic, given_names="Aroha", family_name=NAME),
            status=VisitStatus.ARRIVED,
            starts_at=NOW,
        )
        by = actor_of(client.member)
        session = injection_sessions.start(appointment=visit, by=by, now=NOW)
        typed = a_draft(lot=SolutionLotFactory(clinic=clinic, lot_number="LOT0042"), note="Calm *visit*")
        other = PointRow(**{**vars(typed.points[0]), "side": PointSide.RIGHT, "depth_mm": 4, "lot_id": None})
        first = PointRow(**{**vars(typed.points[0]), "figure_id": "knee-front-v1", "x": 444, "y": 300})
        shown = Shown(
            places=frozenset({Place("N054", "left"), Place("N054", "right")}),
            materials=frozenset({Material("D5W_BUF", "LOT0042"), Material("D5W_BUF", "")}),
            allergies=frozenset(),
        )
        typed = a_draft(
            points=(first, other),
            note="Calm *visit*",
            amount_drawn_ml=Decimal("1.0"),
            reasons={},
            time_out=TimeOutRow(fingerprint(shown), frozenset(TimeOutItem.values)),
        )
        return injection_sessions.save_draft(injection_session=session, version=1, draft=typed, by=by, now=NOW)


@pytest.fixture
def signed(clinic: Clinic, client: Client, draft: InjectionSession) -> InjectionSession:
    with tenant(clinic.pk, actor="test"):
        return injection_sessions.sign(
            injection_session=draft,
            version=2,
            by=actor_of(client.member),
            now=NOW,
            reasons={"P02:D5W_BUF": f"{OverrideReason.CHECKED}|Typed lot"},
        )


def text_of(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def note(client: Client, session: InjectionSession) -> str:
    """Make a procedure note, download it, return its text."""
    client.post(reverse("sessions:make_note", args=[session.pk]))
    with tenant(session.clinic_id, actor="test"):
        paper = Paper.objects.defer("pdf").latest("made_at")
    answer = client.get(reverse("sessions:paper", args=[paper.pk]))
    assert answer.status_code == 200
    return text_of(answer.content)


def test_a_note_says_what_the_record_says(clinic: Clinic, client: Client, signed: InjectionSession) -> None:
    shown = note(client, signed)
    for words in (
        NAME,
        clinic.name,
        *clinic.address.splitlines(),
        phones.shown(str(clinic.phone)),
        "Infrapatellar",
        "Left",
        "Right",
        "0.50 mL",
        "4 mm",
        "1.00 mL",
        "0.050 g",
        "67 %",
        "Calm *visit*",
        "checked again, it is as written, Typed lot",
        f"Aroha {NAME}, born 17 May 1970",
        "I gave this treatment and this record is true.",
        client.member.user.full_name,
        "page 1 of",
        "Drawn up: 1.0 mL",
        "Time-out",
        "Knee, front",
        "Dashed: nobody marked the place",
        "Aroha Example (the patient)",
    ):
        assert words.replace(" ", "") in shown.replace("\u00a0", "").replace(" ", ""), words
    assert signed.content_sha256 in shown.replace(" ", "")
    assert "DRAFT" not in shown
    assert "VOIDED" not in shown


def test_a_note_of_a_draft_says_draft(client: Client, draft: InjectionSession) -> None:
    assert note(client, draft).count("DRAFT") >= 2


def test_a_note_of_a_voided_record_says_voided_and_why(
    clinic: Clinic, client: Client, signed: InjectionSession
) -> None:
    with tenant(clinic.pk, actor="test"):
        by = actor_of(client.member)
        injection_sessions.void(injection_session=signed, reason="Wrong patient", by=by, now=NOW)
    shown = note(client, signed)
    assert shown.count("VOIDED") >= 2
    assert "Wrong patient" in shown


def test_a_note_shows_addenda(clinic: Clinic, client: Client, signed: InjectionSession) -> None:
    with tenant(clinic.pk, actor="test"):
        by = actor_of(client.member)
        injection_sessions.add_addendum(injection_session=signed, text="Rang the next day", by=by, now=NOW)
    assert "Rang the next day" in note(client, signed)


def test_a_note_shows_that_a_co_signature_is_missing_and_then_who_gave_it(
    clinic: Clinic, client: Client, draft: InjectionSession
) -> None:
    with tenant(clinic.pk, actor="test"):
        senior = MembershipFactory(clinic=clinic)
        client.member.needs_co_signature = True
        client.member.save()
        session = injection_sessions.sign(
            injection_session=draft, version=2, by=actor_of(client.member), now=NOW, reasons={"P02:D5W_BUF": "x"}
        )
    assert "still waits for a co-signature" in note(client, session)
    with tenant(clinic.pk, actor="test"):
        co_signatures.co_sign(
            injection_session=session, seen_sha256=session.content_sha256, by=actor_of(senior), now=NOW
        )
    assert f"Co-signed by: {senior.user.full_name}" in note(client, session)


def letter_url(session: InjectionSession) -> str:
    return reverse("sessions:letter", args=[session.pk])


def typed(**changes: str) -> dict[str, str]:
    fields = {"recipient": "Dr Lee\nMain Street 1", "greeting": "Dear Dr Lee,", "opening": "Thank you.", "closing": ""}
    return {**fields, **changes}


def test_a_letter_is_kept_with_whom_it_went_to_and_its_hash(
    clinic: Clinic, client: Client, signed: InjectionSession
) -> None:
    assert "Dear colleague," in client.get(letter_url(signed)).content.decode()

    made = client.post(letter_url(signed), typed())

    assert made.status_code == 302
    with tenant(clinic.pk, actor="test"):
        paper = Paper.objects.get()
    assert (paper.kind, paper.recipient, paper.made_by_id) == ("letter", "Dr Lee\nMain Street 1", client.member.pk)
    assert paper.sha256 == sha256(bytes(paper.pdf)).hexdigest()
    shown = text_of(bytes(paper.pdf))
    for words in ("Dear Dr Lee,", "Thank you.", NAME, "Infrapatellar", "off-label", "do not show that the injections"):
        assert words in shown
    record = client.get(reverse("sessions:view", args=[signed.pk])).content.decode()
    assert paper.sha256 in record
    assert "Dr Lee" in record


def test_a_letter_names_the_allergy_and_that_it_was_treated_all_the_same(
    clinic: Clinic, client: Client, draft: InjectionSession
) -> None:
    with tenant(clinic.pk, actor="test"):
        Allergy.objects.create(
            clinic=clinic, patient=draft.patient, substance="corn", substance_text="", recorded_at=NOW
        )
        own = InjectionSession.objects.select_related("clinic", "patient", "course__patient_condition", "consent")
        session = own.get(pk=draft.pk)
        found = findings(facts_of(load(session), now=NOW))
        reasons = {one.key: "x" for one in found if one.is_answerable} | {"V25:corn D5W_BUF": "Eats corn every day"}
        by = actor_of(client.member)  # type: ignore[attr-defined]
        signed = injection_sessions.sign(injection_session=draft, version=2, by=by, now=NOW, reasons=reasons)
    client.post(letter_url(signed), typed())
    with tenant(clinic.pk, actor="test"):
        paper = Paper.objects.get()
    said = text_of(client.get(reverse("sessions:paper", args=[paper.pk])).content)
    assert "Allergy: Corn (maize). Dextrose 5 %, buffered must not be given without a clinician's reason." in said
    assert "Eats corn every day" in said


@pytest.mark.parametrize("missing", ["recipient", "greeting"])
def test_a_letter_without_whom_it_is_for_is_asked_for_it(
    clinic: Clinic, client: Client, signed: InjectionSession, missing: str
) -> None:
    refused = client.post(letter_url(signed), typed(**{missing: ""}))
    assert refused.status_code == 422
    assert "Thank you." in refused.content.decode()
    with tenant(clinic.pk, actor="test"):
        assert not Paper.objects.exists()


def test_no_letter_is_written_about_a_draft(clinic: Clinic, client: Client, draft: InjectionSession) -> None:
    answer = client.post(letter_url(draft), typed(), follow=True)
    assert "A letter is written about a signed session." in answer.content.decode()
    with tenant(clinic.pk, actor="test"):
        assert not Paper.objects.exists()


def test_a_download_is_a_file_that_no_cache_keeps_and_the_trail_knows(
    clinic: Clinic, client: Client, signed: InjectionSession
) -> None:
    client.post(reverse("sessions:make_note", args=[signed.pk]))
    with tenant(clinic.pk, actor="test"):
        paper = Paper.objects.get()

    answer = client.get(reverse("sessions:paper", args=[paper.pk]))

    assert answer.headers["Content-Type"] == "application/pdf"
    day = local_day(paper.made_at, ZoneInfo(clinic.zone))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="note-{day:%Y-%m-%d}.pdf"'
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    with tenant(clinic.pk, actor="test"):
        kinds = set(AuditEvent.objects.filter(table_name="pit_sessions_paper").values_list("kind", "patient_id"))
    assert {("view", signed.patient_id), ("export", signed.patient_id)} <= kinds


def test_another_clinics_paper_is_not_found(
    clinic: Clinic, other_clinic: Clinic, client: Client, signed: InjectionSession, staff_client: Callable[..., Client]
) -> None:
    client.post(reverse("sessions:make_note", args=[signed.pk]))
    with tenant(clinic.pk, actor="test"):
        paper = Paper.objects.get()
    stranger = staff_client(Role.CLINICIAN, clinic=other_clinic)
    assert stranger.get(reverse("sessions:paper", args=[paper.pk])).status_code == 404


def paper_row(session: InjectionSession, **changes: object) -> Paper:
    fields = {
        "clinic_id": session.clinic_id,
        "injection_session": session,
        "kind": "note",
        "of_status": session.status,
        "made_at": NOW,
        "made_by": session.clinician,
        "pdf": b"%PDF-1.7 x",
    }
    return Paper.objects.create(**{**fields, **changes})


ATTACKS: dict[str, Callable[[InjectionSession], object]] = {
    "change a paper": lambda s: [paper_row(s), Paper.objects.update(pdf=b"%PDF-1.7 y")],
    "change its hash": lambda s: [paper_row(s), Paper.objects.update(sha256="0" * 64)],
    "change whom it went to": lambda s: [paper_row(s), Paper.objects.update(recipient="x")],
    "delete it": lambda s: paper_row(s).delete(),
    "truncate it": lambda s: connection.cursor().execute("TRUNCATE pit_sessions_paper"),
    "keep something else than a PDF": lambda s: paper_row(s, pdf=b"<html>"),
    "call a signed record a draft": lambda s: paper_row(s, of_status="draft"),
    "send a letter to nobody": lambda s: paper_row(s, kind="letter"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_the_database_refuses_to(name: str, clinic: Clinic, signed: InjectionSession) -> None:
    with tenant(clinic.pk, actor="test"):
        session = InjectionSession.objects.select_related("clinician").get()
        with pytest.raises(DatabaseError), transaction.atomic():
            ATTACKS[name](session)
        assert not Paper.objects.exists()


def test_a_paper_changed_by_a_superuser_is_not_given_out(
    clinic: Clinic, client: Client, signed: InjectionSession, as_superuser: Callable[[], None]
) -> None:
    client.post(reverse("sessions:make_note", args=[signed.pk]))
    with tenant(clinic.pk, actor="test"):
        paper = Paper.objects.get()
    as_superuser()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE pit_sessions_paper SET pdf = pdf || 'x'::bytea")
        cursor.execute("SET session_replication_role = DEFAULT")

    assert client.get(reverse("sessions:paper", args=[paper.pk])).status_code == 409


def test_the_hash_is_the_databases_own(clinic: Clinic, signed: InjectionSession) -> None:
    with tenant(clinic.pk, actor="test"):
        session = InjectionSession.objects.select_related("clinician").get()
        paper = paper_row(session, sha256="0" * 64, made_at=NOW + timedelta(minutes=1))
        paper.refresh_from_db()
    assert paper.sha256 == sha256(b"%PDF-1.7 x").hexdigest()
