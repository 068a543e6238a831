"""Change what a clinic says about itself."""

from typing import Any

from django.db import transaction

from accounts.actors import Actor
from accounts.models import Clinic
from audit.models import AuditEvent


def hold(*, by: Actor) -> Clinic:
    """Nobody else changes the clinic's settings until the transaction ends."""
    return Clinic.objects.select_for_update(no_key=True).get(pk=by.clinic_id)


@transaction.atomic
def change_details(*, by: Actor, **details: Any) -> Clinic:
    """Write the given fields of the actor's own clinic; returns it as it now stands."""
    clinic = hold(by=by)
    for name, value in details.items():
        setattr(clinic, name, value)
    clinic.save(update_fields=list(details))
    return clinic


@transaction.atomic
def undo_zone(*, by: Actor) -> bool:
    """Put back the time zone that stood before the actor's own change; False where somebody changed it since."""
    clinic = hold(by=by)
    rows = AuditEvent.objects.in_clinic(by.clinic_id).of_row(Clinic._meta.db_table, by.clinic_id)
    last = rows.filter(kind=AuditEvent.Kind.UPDATE, changes__has_key="zone").newest_first().first()
    was, became = last.changes["zone"] if last and last.changes else (None, None)
    if last is None or last.actor != by.audit_name or became != clinic.zone:
        return False
    clinic.zone = str(was)
    clinic.save(update_fields=["zone"])
    return True
