"""Which phone to ring."""

from django.db.models import OuterRef, Subquery

from patients.choices import ContactKind
from patients.models import ContactPoint


def phone_of_patient() -> Subquery:
    """For a query over rows with ``clinic_id`` and ``patient_id``: the preferred phone, else the oldest in use. Nobody
    rings who has died."""
    phones = (
        ContactPoint.objects.in_use()
        .filter(clinic_id=OuterRef("clinic_id"), patient_id=OuterRef("patient_id"), kind=ContactKind.PHONE)
        .filter(patient__is_deceased=False)
    )
    return Subquery(phones.order_by("-is_preferred", "created_at").values("value")[:1])
