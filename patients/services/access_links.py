"""Keys to the patient's door: issued, found again, closed after too many wrong birth dates."""

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F

from accounts.actors import Actor
from patients.models import AccessLink

TOKEN_BYTES = 20  # 160 bits
LASTS = timedelta(days=7)
_KEY = re.compile(r"(?P<code>[a-z0-9]{4,12})-(?P<token>[A-Za-z0-9_-]{20,64})", re.ASCII)


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def parts_of(key: str) -> tuple[str, str] | None:
    """Return (clinic's link code, token) of what stands in a link, or None when it cannot be one."""
    match = _KEY.fullmatch(key)
    return (match["code"], match["token"]) if match else None


def issue(*, patient_id: UUID, purpose: AccessLink.Purpose, by: Actor, now: datetime) -> tuple[AccessLink, str]:
    """Make a link that works for seven days; return it with its key, which is kept nowhere."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = AccessLink.objects.create(
        clinic_id=by.clinic_id,
        patient_id=patient_id,
        purpose=purpose,
        token_hash=token_hash(token),
        expires_at=now + LASTS,
    )
    return link, f"{by.clinic.link_code}-{token}"


def count_failure(*, link: AccessLink, by: Actor, now: datetime) -> None:
    """Count one wrong second factor."""
    own = AccessLink.objects.visible_to(by).filter(pk=link.pk)
    own.update(failed_attempts=F("failed_attempts") + 1, last_failed_at=now)


def mark_used(*, link_id: UUID, by: Actor, now: datetime) -> None:
    """Note when the link first served its purpose."""
    AccessLink.objects.visible_to(by).filter(pk=link_id, used_at__isnull=True).update(used_at=now)
