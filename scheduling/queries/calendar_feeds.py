"""From the key in a calendar link to the clinician it belongs to."""

from dataclasses import dataclass
from uuid import UUID

from accounts.actors import Actor
from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from patients.services.access_links import parts_of, token_hash
from scheduling.models import CalendarFeed


@dataclass(frozen=True)
class OpenFeed:
    """``by`` holds no role: it may read this clinician's visits and nothing else."""

    by: Actor
    clinician_id: UUID


def own_feed(by: Actor) -> CalendarFeed | None:
    """The link of this clinician that works at present."""
    return CalendarFeed.objects.visible_to(by).open().filter(clinician_id=by.membership_id).first()


def find_feed(key: str) -> OpenFeed | None:
    """Return whose feed a key opens, or None: for a wrong key, a revoked one, and a clinician who has left, alike.

    Opens its own transaction; the clinic is found by the code in the key.
    """
    parts = parts_of(key)
    clinic = Clinic.objects.filter(link_code=parts[0]).first() if parts else None
    if parts is None or clinic is None:
        return None
    with tenant(clinic.pk, actor="feed"):
        open_ones = CalendarFeed.objects.filter(clinic_id=clinic.pk, token_hash=token_hash(parts[1])).open()
        of_clinician = {"clinician__role": Role.CLINICIAN, "clinician__is_active": True}
        feed = open_ones.filter(clinician__user__is_active=True, **of_clinician).first()
    if feed is None:
        return None
    return OpenFeed(by=Actor(clinic=clinic, role="", name=f"feed:{feed.pk}"), clinician_id=feed.clinician_id)
