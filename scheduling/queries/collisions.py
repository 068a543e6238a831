"""What another visit already holds."""

from uuid import UUID

from django.db.models import Q

from accounts.actors import Actor
from scheduling.models import Appointment
from scheduling.spans import Span


def collisions(
    *,
    by: Actor,
    clinician_id: UUID,
    room_id: UUID | None,
    patient_id: UUID,
    span: Span,
    leave_out: UUID | None = None,
) -> tuple[str, ...]:
    """Which of ``clinician``, ``room``, ``patient`` some other visit holds during the span."""
    wanted = {"clinician": clinician_id, "room": room_id, "patient": patient_id}
    held = Q(clinician_id=clinician_id) | Q(patient_id=patient_id) | Q(room_id=room_id, room_id__isnull=False)
    visits = Appointment.objects.visible_to(by).holding().between(*span).filter(held)
    if leave_out:
        visits = visits.exclude(pk=leave_out)
    found: set[str] = set()
    for row in visits.values_list("clinician_id", "room_id", "patient_id"):
        found |= {name for (name, key), other in zip(wanted.items(), row, strict=True) if key and key == other}
    return tuple(name for name in wanted if name in found)
