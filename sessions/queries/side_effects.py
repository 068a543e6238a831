"""One side effect with everything its page shows, and which signs are emergencies."""

from uuid import UUID

from django.db.models import Q

from accounts.actors import Actor
from accounts.changes import Entry
from catalogue.queries import danger_signs
from patients.choices import ContactKind
from patients.models import ContactPoint
from sessions.choices import DangerSign, Priority
from sessions.models import SideEffect
from sessions.queries.history import history_of_rows

# The tap of a patient → the reviewed sign of the catalogue, which carries its triage and its kind.
CATALOGUE_CODES = {
    DangerSign.BREATHLESS: "BREATHLESS",
    DangerSign.SWELLING: "SWELLING_HIVES",
    DangerSign.COLLAPSE: "COLLAPSE",
    DangerSign.VISION: "VISION_LOSS",
    DangerSign.WEAKNESS: "LIMB_WEAKNESS",
    DangerSign.BLADDER: "CAUDA",
    DangerSign.HEADACHE: "WORST_HEADACHE",
    DangerSign.FEVER: "FEVER_HOT_SITE",
    DangerSign.PUS: "PUS",
    DangerSign.GROWING: "GROWING_SWELLING",
    DangerSign.SEVERE_PAIN: "SEVERE_PAIN",
    DangerSign.NUMBNESS: "NUMBNESS_SPREADING",
}


def side_effect_for_page(actor: Actor, side_effect_id: UUID) -> SideEffect | None:
    related = (
        "event_type",
        "suspected_type",
        "injection_session__clinician__user",
        "acknowledged_by__user",
        "closed_by__user",
    )
    return SideEffect.objects.visible_to(actor).select_related(*related).filter(pk=side_effect_id).first()


def history_of(actor: Actor, side_effect: SideEffect) -> list[Entry]:
    """Every change of the report, the newest first: what it was said to be, by whom, and what it was before."""
    rows = Q(table_name=SideEffect._meta.db_table, row_id=side_effect.pk)
    return history_of_rows(actor, side_effect.patient_id, rows)


def phones_of(actor: Actor, patient_id: UUID) -> list[ContactPoint]:
    """The patient's phones in use, the preferred one first."""
    own = ContactPoint.objects.visible_to(actor).in_use().filter(patient_id=patient_id, kind=ContactKind.PHONE)
    return list(own.order_by("-is_preferred", "created_at"))


def emergencies() -> frozenset[DangerSign]:
    """The signs of P0; one the catalogue does not know is taken for the worst."""
    triage = {row.code: row.triage for row in danger_signs()}
    known = {sign: triage.get(code, Priority.P0) for sign, code in CATALOGUE_CODES.items()}
    return frozenset(sign for sign, level in known.items() if level == Priority.P0)
