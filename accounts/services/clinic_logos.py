"""Keep the clinic's logo, and take it away."""

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.logos import Kept
from accounts.models import ClinicLogo
from accounts.services.clinics import hold


@transaction.atomic
def keep(*, kept: Kept, by: Actor, now: datetime) -> ClinicLogo:
    """The new logo in the place of the old one. Locks the clinic. Raises ``ValueError`` for the machine."""
    if by.membership_id is None:
        raise ValueError("A logo is a person's.")
    hold(by=by)
    logo, _is_new = ClinicLogo.objects.update_or_create(
        clinic_id=by.clinic_id,
        defaults={
            "image": kept.image,
            "sha256": kept.sha256,
            "width": kept.width,
            "height": kept.height,
            "set_at": now,
            "set_by_id": by.membership_id,
        },
    )
    return logo


@transaction.atomic
def remove(*, by: Actor) -> bool:
    """False where there is none. Papers that were made keep theirs."""
    hold(by=by)
    found, _each = ClinicLogo.objects.filter(clinic_id=by.clinic_id).delete()
    return bool(found)
