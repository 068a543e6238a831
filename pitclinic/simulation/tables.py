"""Every table the simulation fills, in the order in which the database accepts them."""

from dataclasses import dataclass, fields

from catalogue.models import Solution
from patients.consents import WORDING_VERSION
from patients.models import (
    Allergy,
    BodyWeight,
    ContactConsent,
    ContactPoint,
    Identifier,
    NameToken,
    Patient,
    PatientCondition,
    PatientConditionNerve,
    RiskFlag,
)
from pitclinic.simulation.writing import Row, Table
from reminders.models import Message
from scheduling.models import Appointment, AppointmentMove
from sessions import consent_wordings
from sessions.models import (
    Consent,
    Container,
    Course,
    CourseGoal,
    FollowUp,
    InjectionPoint,
    InjectionSession,
    PainScore,
    Preparation,
    PreparationPart,
    ReliefReport,
    RuleOverride,
    ScreeningAnswer,
    SideEffect,
    TimeOut,
)

# What pitclinic.simulation.responses writes of a session.
RESPONSE_COLUMNS = (
    "cycles_injected_at",
    "observation_minutes",
    "observation_started_at",
    "observation_ended_at",
    "is_walking",
    "is_free_of_dizziness",
    "has_dry_sites",
    "discharge_checked_at",
    "discharge_checked_by_id",
)


@dataclass
class Tables:
    patients: Table
    identifiers: Table
    name_tokens: Table
    contact_points: Table
    contact_consents: Table
    conditions: Table
    condition_nerves: Table
    allergies: Table
    risk_flags: Table
    body_weights: Table
    appointments: Table
    moves: Table
    courses: Table
    goals: Table
    consents: Table
    containers: Table
    preparations: Table
    preparation_parts: Table
    sessions: Table
    screening_answers: Table
    time_outs: Table
    overrides: Table
    points: Table
    pain_scores: Table
    relief_reports: Table
    side_effects: Table
    follow_ups: Table
    messages: Table

    def all(self) -> list[Table]:
        return [getattr(self, column.name) for column in fields(self)]

    @property
    def total(self) -> int:
        return sum(table.total for table in self.all())

    def take(self) -> list[tuple[Table, list[Row]]]:
        """What waits for each table, in the order to send it; nothing waits afterwards."""
        return [(table, table.take()) for table in self.all()]


def tables_of(clinic_id: str) -> Tables:
    own = {"clinic_id": clinic_id}
    return Tables(
        patients=Table(
            Patient,
            "id",
            "given_names",
            "family_name",
            "birth_date",
            "sex",
            "language",
            "zone",
            "emergency_contact_name",
            "emergency_contact_phone",
            "emergency_contact_relation",
            "guardian_name",
            "created_at",
            "sort_key",
            "named_by",
            **own,
        ),
        identifiers=Table(Identifier, "id", "patient_id", "system", "value", **own),
        name_tokens=Table(NameToken, "id", "patient_id", "token", "is_whole", **own),
        contact_points=Table(
            ContactPoint,
            "id",
            "patient_id",
            "kind",
            "value",
            "digits_reversed",
            "is_shared",
            "is_preferred",
            "is_guardians",
            **own,
        ),
        contact_consents=Table(
            ContactConsent,
            "id",
            "contact_point_id",
            "purpose",
            "is_granted",
            "decided_at",
            **own,
            wording_version=WORDING_VERSION,
            proof="on paper at registration",
        ),
        conditions=Table(
            PatientCondition, "id", "patient_id", "condition_id", "name", "icd10cm_code", "side", "onset_date", **own
        ),
        condition_nerves=Table(PatientConditionNerve, "id", "patient_condition_id", "nerve_id", **own),
        allergies=Table(Allergy, "id", "patient_id", "substance", "substance_text", "reaction", "recorded_at", **own),
        risk_flags=Table(RiskFlag, "id", "patient_id", "flag", "detail", "recorded_at", **own),
        body_weights=Table(BodyWeight, "id", "patient_id", "weight_kg", "measured_date", **own),
        appointments=Table(
            Appointment,
            "id",
            "patient_id",
            "clinician_id",
            "room_id",
            "visit_type_id",
            "starts_at",
            "ends_at",
            "status",
            "cancelled_by",
            "cancel_reason",
            **own,
        ),
        moves=Table(
            AppointmentMove, "id", "appointment_id", "from_status", "to_status", "moved_at", "moved_by_id", **own
        ),
        courses=Table(
            Course,
            "id",
            "patient_id",
            "patient_condition_id",
            "status",
            "started_date",
            "ended_date",
            "planned_sessions",
            "interval_days",
            "end_reason",
            **own,
        ),
        goals=Table(CourseGoal, "id", "course_id", "words", **own, position="1"),
        consents=Table(
            Consent,
            "id",
            "patient_id",
            "course_id",
            "technique_id",
            "solution_classes",
            "risk_flags",
            "signed_name",
            "signed_as",
            "interpreter_name",
            "given_at",
            "taken_by_id",
            **own,
            wording_version=consent_wordings.CURRENT_VERSION,
        ),
        containers=Table(
            Container,
            "id",
            "lot_id",
            "number",
            "opened_at",
            "opened_by_id",
            "discarded_at",
            "discarded_by_id",
            "discard_reason",
            **own,
            volume_ml="20",
            is_single_dose="t",
        ),
        preparations=Table(
            Preparation,
            "id",
            "made_date",
            "number",
            "made_at",
            "made_by_id",
            "beyond_use_at",
            "discarded_at",
            "discarded_by_id",
            **own,
            solution_id=str(Solution.objects.get(code="D5W_BUF").pk),
            is_mixed="f",
            volume_ml="20",
        ),
        preparation_parts=Table(PreparationPart, "id", "preparation_id", "container_id", **own, volume_ml="20"),
        sessions=Table(
            InjectionSession,
            "id",
            "patient_id",
            "appointment_id",
            "course_id",
            "clinician_id",
            "technique_id",
            "guidance",
            "needle_gauge",
            "needle_length_mm",
            "preparation_id",
            "provoked_movement",
            "amount_drawn_ml",
            "sharps_out",
            "sharps_in",
            "note",
            "started_at",
            "screened_at",
            *RESPONSE_COLUMNS,
            **own,
        ),
        screening_answers=Table(ScreeningAnswer, "id", "injection_session_id", "item", "is_yes", "detail", **own),
        time_outs=Table(
            TimeOut,
            "id",
            "injection_session_id",
            "fingerprint",
            "shown",
            "words",
            "items",
            "confirmed_at",
            "confirmed_by_id",
            **own,
        ),
        overrides=Table(
            RuleOverride,
            "id",
            "injection_session_id",
            "rule",
            "subject",
            "overridden_by_id",
            "overridden_at",
            "reason",
            **own,
        ),
        points=Table(
            InjectionPoint,
            "id",
            "injection_session_id",
            "number",
            "nerve_id",
            "side",
            "point_type_id",
            "volume_ml",
            "depth",
            "depth_mm",
            "solution_id",
            "lot_id",
            "preparation_id",
            **own,
        ),
        pain_scores=Table(
            PainScore,
            "id",
            "patient_id",
            "injection_session_id",
            "question",
            "moment",
            "score",
            "measured_at",
            "received_at",
            "source",
            "cycle",
            "nerve_id",
            "side",
            **own,
        ),
        relief_reports=Table(
            ReliefReport,
            "id",
            "patient_id",
            "injection_session_id",
            "reported_at",
            "has_ended",
            "ended_at",
            **own,
            source="portal",
        ),
        side_effects=Table(
            SideEffect,
            "id",
            "patient_id",
            "injection_session_id",
            "event_type_id",
            "priority",
            "description",
            "source",
            "reported_at",
            "onset_at",
            "status",
            "acknowledged_at",
            "acknowledged_by_id",
            "severity",
            "is_serious",
            "causality",
            "outcome",
            "closed_at",
            "closed_by_id",
            **own,
        ),
        follow_ups=Table(
            FollowUp,
            "id",
            "patient_id",
            "injection_session_id",
            "due_at",
            "owner_id",
            "completed_at",
            "completed_by_id",
            "outcome",
            "note",
            **own,
        ),
        messages=Table(
            Message,
            "id",
            "patient_id",
            "injection_session_id",
            "step",
            "dedupe_key",
            "due_at",
            "next_at",
            "expires_at",
            "state",
            "skip_reason",
            "attempts",
            "sent_at",
            **own,
        ),
    )
