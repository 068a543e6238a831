"""A signed record with something in every place, as rows and document: made once, kept as JSON, put back by plain SQL.

``tests/data/signed_record_v1.json`` is a record as version 1 signed it. ``MAKE_SIGNED_RECORD=1`` writes it anew while
version 1 may still grow, until the first release; then it is never touched again, and a version 2 gets its own file.
"""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import Clinic
from catalogue.models import Nerve, PointType, ScreeningItem, Solution
from patients.models import Identifier
from sessions.choices import TimeOutItem
from sessions.models import (
    InjectionPoint,
    InjectionSession,
    Preparation,
    RuleOverride,
    RuleSet,
    ScreeningAnswer,
    TimeOut,
)
from sessions.rules.facts import Material, Place, Shown
from sessions.rules.time_outs import as_json
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.sessions import ConsentFactory, CourseFactory, InjectionSessionFactory, PainScoreFactory, sign
from tests.factories.treatments import SolutionLotFactory, a_container, a_preparation, a_time_out
from tests.sessions.picture_files import keep

FILE = Path(__file__).resolve().parents[1] / "data" / "signed_record_v1.json"
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SESSION = "pit_sessions_injectionsession"
OF_SESSION = "r.injection_session_id = %(session)s"
PREPARED = f"(SELECT p.preparation_id FROM pit_sessions_injectionpoint p WHERE {OF_SESSION.replace('r.', 'p.')})"
# Whose every value is signed, and which rows of it are those of one session.
SEALED = {
    SESSION: "r.id = %(session)s",
    "pit_sessions_injectionpoint": OF_SESSION,
    "pit_sessions_screeninganswer": OF_SESSION,
    "pit_sessions_ruleoverride": OF_SESSION,
    "pit_sessions_timeout": OF_SESSION,
    "pit_sessions_painscore": OF_SESSION,
    "pit_sessions_picture": OF_SESSION,
    "pit_sessions_preparation": f"r.id IN {PREPARED}",
    "pit_sessions_preparationpart": f"r.preparation_id IN {PREPARED}",
    "pit_sessions_consent": f"r.id = (SELECT s.consent_id FROM {SESSION} s WHERE s.id = %(session)s)",
    "pit_sessions_signeddocument": OF_SESSION,
}
# What the words of the document are looked up in, and the event that tells of the signature.
AROUND = {
    "accounts_clinic": "true",
    "accounts_user": "true",
    "accounts_membership": "true",
    "patients_patient": "true",
    "patients_identifier": "true",
    "patients_patientcondition": "true",
    "pit_sessions_course": "true",
    "pit_sessions_ruleset": "true",
    "pit_sessions_product": "true",
    "pit_sessions_solutionlot": "true",
    "pit_sessions_container": "true",
    "audit_auditevent": "r.row_id = %(session)s AND r.changes ? 'content_sha256'",
}


def a_full_record(clinic: Clinic) -> InjectionSession:
    """Signed at half past nine: two points, one drawn from a bottle, watched, pictured, overridden, re-injected."""
    visit = AppointmentFactory(
        clinic=clinic, patient=PatientFactory(clinic=clinic, given_names="Aroha", family_name="Example"), starts_at=AT
    )
    Identifier.objects.create(clinic=clinic, patient=visit.patient, system="clinic", value="C-17")
    course = CourseFactory(clinic=clinic, patient=visit.patient)
    rules = RuleSet.objects.create(
        clinic=clinic, version=1, settings={}, defaults_version="1", reason="As agreed", made_at=AT
    )
    consent = ConsentFactory(
        clinic=clinic,
        patient=visit.patient,
        course=course,
        given_at=AT,
        stated_at=AT + timedelta(minutes=2),
        taken_by=visit.clinician,
        interpreter_name="Iris",
        words=["It may bruise.", "I may stop at any time."],
        language="en",
    )
    minute = timedelta(minutes=1)
    session = InjectionSessionFactory(
        clinic=clinic,
        appointment=visit,
        course=course,
        consent=consent,
        rule_set=rules,
        needle_gauge=30,
        needle_length_mm=13,
        provoked_movement="Bending the knee",
        amount_drawn_ml=Decimal("5.0"),
        sharps_out=2,
        sharps_in=2,
        screened_at=AT + minute,
        first_injected_at=AT + 4 * minute,
        is_first_injection_stated=True,
        first_stated_at=AT + 3 * minute,
        first_restated_at=AT + 20 * minute,
        first_restated_by=visit.clinician,
        ended_at=AT + 28 * minute,
        is_end_stated=True,
        begun_at=AT + minute,
        cycles_injected_at=[AT + 10 * minute, AT + 14 * minute],
        observation_minutes=15,
        observation_started_at=AT + 15 * minute,
        observation_ended_at=AT + 28 * minute,
        is_walking=True,
        is_free_of_dizziness=False,
        has_dry_sites=True,
        discharge_note="A little dizzy, sat for ten minutes",
        discharge_checked_at=AT + 28 * minute,
        discharge_checked_by=visit.clinician,
        note="Calm visit.\nKnee free afterwards.",
    )
    session.preparation = _points(session)
    _safety(session)
    nerve = Nerve.objects.get(code="N054")
    for moment, score, more in (
        ("before", 7, {}),
        ("before", 8, {"nerve": nerve, "side": "left"}),
        ("after", 5, {}),
        ("after", 2, {"cycle": 2}),
        ("observed", 3, {}),
    ):
        PainScoreFactory(clinic=clinic, injection_session=session, moment=moment, score=score, **more)
    keep(session, now=AT + 5 * minute)
    sign(session, signed_at=AT + 30 * minute)
    session.refresh_from_db()
    return session


def _points(session: InjectionSession) -> Preparation:
    clinic, solution = session.clinic, Solution.objects.get(code="D5W_BUF")
    container = a_container(clinic, opened_at=AT - timedelta(hours=1))
    made = a_preparation(
        clinic,
        container,
        made_at=AT - timedelta(minutes=30),
        measured_ph=Decimal("7.40"),
        recipe="As it is",
        needs_check=True,
        checked_at=AT - timedelta(minutes=20),
        checked_by=session.clinician,
    )
    lot = SolutionLotFactory(clinic=clinic, lot_number="LOT-4711")
    for number, (code, side, more) in enumerate(
        (
            (
                "N054",
                "left",
                {"preparation": made, "lot": container.lot, "figure_id": "knee-front-v1", "x": 444, "y": 300},
            ),
            ("N054", "right", {"lot": lot, "depth": "deep", "depth_mm": 4, "cycle": 2}),
        ),
        start=1,
    ):
        InjectionPoint.objects.create(
            clinic=clinic,
            injection_session=session,
            number=number,
            nerve=Nerve.objects.get(code=code),
            side=side,
            point_type=PointType.objects.order_by("position").first(),
            volume_ml=Decimal("0.50"),
            solution=solution,
            **more,
        )
    return made


def _safety(session: InjectionSession) -> None:
    own = {"clinic": session.clinic, "injection_session": session}
    for item in ScreeningItem.objects.current()[:3]:
        ScreeningAnswer.objects.create(item=item.code, is_yes=item.position == 1, detail="Latex", **own)
    RuleOverride.objects.create(
        rule="V11",
        subject="latex",
        sentence="An allergy is answered with yes.",
        reason="No latex in the room",
        reason_code="checked",
        overridden_by=session.clinician,
        overridden_at=AT + timedelta(minutes=2),
        **own,
    )
    places = frozenset({Place("N054", "left"), Place("N054", "right")})
    bottles = ("LOT-4711", session.preparation.code)
    TimeOut.objects.create(
        fingerprint=a_time_out().fingerprint,
        shown=as_json(Shown(places, frozenset(Material("D5W_BUF", bottle) for bottle in bottles), frozenset())),
        words=[["patient", "Aroha Example"], ["side", "Left, Right"]],
        items=list(TimeOutItem.values),
        confirmed_at=AT + timedelta(minutes=3),
        confirmed_by=session.clinician,
        **own,
    )


def dump(session_id: UUID) -> dict[str, Any]:
    """Every row of it, as PostgreSQL says it. As a superuser."""
    return {table: rows(table, where, session_id) for table, where in {**AROUND, **SEALED}.items()}


def rows(table: str, where: str, session_id: UUID) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(r) FROM {table} r WHERE {where} ORDER BY r.id", {"session": session_id})
        return [json.loads(row) if isinstance(row, str) else row for (row,) in cursor.fetchall()]


def put_back(kept: dict[str, Any]) -> UUID:
    """Insert the rows as they are, as a superuser past every trigger; columns that came since get something empty."""
    with connection.cursor() as cursor:
        for table, own in kept.items():
            cursor.execute(
                "SELECT jsonb_object_agg(column_name, CASE WHEN data_type IN ('text', 'character varying') THEN '\"\"'"
                " WHEN data_type = 'boolean' THEN 'false' WHEN data_type = 'ARRAY' THEN '[]' WHEN data_type = 'jsonb'"
                " THEN '{}' WHEN data_type LIKE 'timestamp%%' THEN '\"2026-01-01\"' ELSE '0' END::jsonb)"
                " FROM information_schema.columns WHERE table_name = %s AND is_nullable = 'NO'"
                " AND data_type <> 'bytea'",
                [table],
            )
            (empty,) = cursor.fetchone()
            empty = json.loads(empty) if isinstance(empty, str) else empty
            for row in own:
                cursor.execute(
                    f"INSERT INTO {table} SELECT * FROM jsonb_populate_record(NULL::{table}, %s::jsonb)",
                    [json.dumps({**empty, **row})],
                )
    return UUID(kept[SESSION][0]["id"])


def kept_record() -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return kept
