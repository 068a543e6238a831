"""One side effect with everything its page shows."""

from uuid import UUID

from accounts.actors import Actor
from patients.choices import ContactKind
from patients.models import ContactPoint
from sessions.models import SideEffect


def side_effect_for_page(actor: Actor, side_effect_id: UUID) -> SideEffect | None:
    related = (
        "event_type",
        "injection_session__clinician__user",
        "acknowledged_by__user",
        "closed_by__user",
    )
    return SideEffect.objects.visible_to(actor).select_related(*related).filter(pk=side_effect_id).first()


def phones_of(actor: Actor, patient_id: UUID) -> list[ContactPoint]:
    """The patient's phones in use, the preferred one first."""
    own = ContactPoint.objects.visible_to(actor).in_use().filter(patient_id=patient_id, kind=ContactKind.PHONE)
    return list(own.order_by("-is_preferred", "created_at"))
