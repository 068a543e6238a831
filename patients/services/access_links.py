"""Keys to the patient's door: issued, found again, closed after too many wrong birth dates."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F

from accounts.actors import Actor
from common.link_keys import parts_of, token_hash, token_of
from patients.models import AccessLink

__all__ = ["count_failure", "is_open", "issue", "mark_used", "parts_of", "token_hash"]
MOST_FAILURES = 5
LASTS = timedelta(days=7)


def issue(
    *,
    patient_id: UUID,
    purpose: AccessLink.Purpose,
    subject: str,
    by: Actor,
    now: datetime,
    lasts: timedelta = LASTS,
) -> tuple[AccessLink, str]:
    """Return the link for ``subject``, which works for seven days or as said, and its key, which is kept nowhere.

    The token is an HMAC of the subject under the site's secret: writing the same message again writes the same key.
    """
    token = token_of("patients.access_links", subject)
    link, is_new = AccessLink.objects.visible_to(by).get_or_create(
        clinic_id=by.clinic_id,
        token_hash=token_hash(token),
        defaults={"patient_id": patient_id, "purpose": purpose, "expires_at": now + lasts},
    )
    if not is_new and link.revoked_at is not None:  # whoever sends it again means it to open
        link.revoked_at, link.expires_at = None, now + lasts
        link.save(update_fields=["revoked_at", "expires_at"])
    return link, f"{by.clinic.link_code}-{token}"


def revoke_all(*, by: Actor, now: datetime) -> int:
    """No link opens anything any more, until it is sent again; return how many did."""
    return AccessLink.objects.visible_to(by).filter(revoked_at__isnull=True).update(revoked_at=now)


def is_open(link: AccessLink, *, now: datetime) -> bool:
    """Whether the link still lets its patient in, given the right second factor; no link of who died or left does."""
    if link.patient.departure is not None:
        return False
    return link.revoked_at is None and link.expires_at > now and not is_locked(link)


def is_locked(link: AccessLink) -> bool:
    """Whether too many wrong second factors closed it."""
    return link.failed_attempts >= MOST_FAILURES


def count_failure(*, link: AccessLink, by: Actor, now: datetime) -> None:
    """Count one wrong second factor."""
    own = AccessLink.objects.visible_to(by).filter(pk=link.pk)
    own.update(failed_attempts=F("failed_attempts") + 1, last_failed_at=now)


def mark_used(*, link_id: UUID, by: Actor, now: datetime) -> None:
    """Note when the link first served its purpose."""
    AccessLink.objects.visible_to(by).filter(pk=link_id, used_at__isnull=True).update(used_at=now)
