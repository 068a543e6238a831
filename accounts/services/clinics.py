"""Change what a clinic says about itself."""

from django.db import transaction

from accounts.actors import Actor
from accounts.models import Clinic


def hold(*, by: Actor) -> Clinic:
    """Nobody else changes the clinic's settings until the transaction ends."""
    return Clinic.objects.select_for_update(no_key=True).get(pk=by.clinic_id)


@transaction.atomic
def change_details(*, by: Actor, **details: str) -> Clinic:
    """Write the given fields of the actor's own clinic; returns it as it now stands."""
    clinic = hold(by=by)
    for name, value in details.items():
        setattr(clinic, name, value)
    clinic.save(update_fields=list(details))
    return clinic
