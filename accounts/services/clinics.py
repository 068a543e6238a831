"""Change what a clinic says about itself."""

from typing import Any

from django.db import transaction

from accounts.actors import Actor
from accounts.models import Clinic


@transaction.atomic
def change_details(*, by: Actor, **details: Any) -> Clinic:
    """Write the given fields of the actor's own clinic; returns it as it now stands."""
    clinic = Clinic.objects.select_for_update().get(pk=by.clinic_id)
    for name, value in details.items():
        setattr(clinic, name, value)
    clinic.save(update_fields=list(details))
    return clinic
