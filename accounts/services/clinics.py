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
def change_details(*, by: Actor, **details: Any) -> list[str]:
    """Write the given fields of the actor's own clinic; returns those that changed."""
    clinic = hold(by=by)
    changed = [name for name, value in details.items() if getattr(clinic, name) != value]
    for name in changed:
        setattr(clinic, name, details[name])
    if changed:
        clinic.save(update_fields=changed)
    return changed


@transaction.atomic
def undo_details(*, by: Actor) -> bool:
    """Put back what stood before the actor's own last save; False, and nothing, where somebody changed it since."""
    clinic = hold(by=by)
    rows = AuditEvent.objects.in_clinic(by.clinic_id).of_row(Clinic._meta.db_table, by.clinic_id)
    last = rows.filter(kind=AuditEvent.Kind.UPDATE).newest_first().first()
    if last is None or last.actor != by.audit_name or not last.changes:
        return False
    fields = [field for field in Clinic._meta.concrete_fields if field.name in last.changes]
    for field in fields:
        was, became = map(field.to_python, last.changes[field.name])
        if became != getattr(clinic, field.name):
            return False
        setattr(clinic, field.name, was)
    clinic.save(update_fields=[field.name for field in fields])
    return True
