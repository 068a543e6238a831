"""Harm as it is reported: triaged at once, so that nobody has to read a queue to know what is urgent."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from catalogue.models import AdverseEventType
from catalogue.queries import danger_signs as reviewed_signs
from patients.models import Patient
from sessions.choices import DangerSign, Priority, Source
from sessions.models import InjectionSession, SideEffect

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
UNKNOWN_KIND = "OTHER"


@transaction.atomic
def report(
    *,
    patient: Patient,
    injection_session: InjectionSession | None,
    danger_signs: Collection[DangerSign],
    description: str,
    source: Source,
    by: Actor,
    now: datetime,
) -> SideEffect:
    """Record what was told, with the priority of its most urgent sign; words alone are read the next working day.

    Raises ``ValueError`` when neither a sign nor a word was given.
    """
    if not danger_signs and not description.strip():
        raise ValueError("A report needs a sign or words.")
    codes = {CATALOGUE_CODES[DangerSign(sign)] for sign in danger_signs}
    reviewed = sorted((sign for sign in reviewed_signs() if sign.code in codes), key=lambda s: (s.triage, s.position))
    kind = next((sign.adverse_event_type for sign in reviewed if sign.adverse_event_type), None)
    return SideEffect.objects.create(
        clinic_id=by.clinic_id,
        patient=patient,
        injection_session=injection_session,
        event_type=kind or AdverseEventType.objects.get(code=UNKNOWN_KIND),
        priority=_priority(reviewed[0].triage if reviewed else None, has_signs=bool(danger_signs)),
        danger_signs=[sign.value for sign in DangerSign if sign in danger_signs],
        description=description.strip(),
        source=source,
        reported_at=now,
    )


def _priority(triage: str | None, *, has_signs: bool) -> Priority:
    """A sign the catalogue does not (or no longer) know is taken for the worst."""
    if triage is not None:
        return Priority(triage)
    return Priority.P0 if has_signs else Priority.P2
