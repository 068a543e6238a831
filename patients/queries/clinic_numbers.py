"""The clinic's own number of a patient."""

from django.db.models import OuterRef, Subquery

from patients.choices import NumberKind
from patients.models import Identifier


def number_of_patient() -> Subquery:
    """For a query over rows with ``clinic_id`` and ``patient_id``: the number in use, else one of a merged record."""
    own = Identifier.objects.filter(
        clinic_id=OuterRef("clinic_id"), patient_id=OuterRef("patient_id"), system=NumberKind.CLINIC
    )
    return Subquery(own.order_by("is_former", "id").values("value")[:1])
