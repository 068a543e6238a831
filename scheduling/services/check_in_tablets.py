"""Tablets for the waiting room: enrolled, opened with a code for the day, revoked."""

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from scheduling.models import CheckInTablet
from scheduling.policies import VisitRefusedError

CODE_LASTS = timedelta(minutes=15)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read as another
_CODE_LENGTH = 10  # 49 bits, for a quarter of an hour, behind a door that counts wrong tries
_CODE = re.compile(r"(?P<clinic>[a-z0-9]{4,12})-(?P<secret>[a-z0-9]{10})", re.ASCII)


def hash_of(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def parts_of(code: str) -> tuple[str, str] | None:
    """Return (clinic's link code, secret) of what was typed, or None when it cannot be a code."""
    match = _CODE.fullmatch("".join(code.lower().split()))
    return (match["clinic"], match["secret"]) if match else None


def enrol(*, name: str, by: Actor) -> CheckInTablet:
    """Add a tablet; it opens nothing before it got a code."""
    try:
        with transaction.atomic():
            return CheckInTablet.objects.create(clinic=by.clinic, name=name.strip())
    except IntegrityError as error:
        raise VisitRefusedError(_("There is a tablet of this name already.")) from error


@transaction.atomic
def give_code(*, tablet_id: UUID, by: Actor, now: datetime) -> str:
    """Return a code to type on the tablet once; it is kept nowhere. Whatever the tablet had open is closed."""
    tablet = _locked(tablet_id, by)
    secret = "".join(secrets.choice(_LETTERS) for _i in range(_CODE_LENGTH))
    tablet.code_hash, tablet.code_expires_at, tablet.key_hash = hash_of(secret), now + CODE_LASTS, None
    tablet.save(update_fields=["code_hash", "code_expires_at", "key_hash"])
    return f"{by.clinic.link_code}-{secret}"


@transaction.atomic
def open_with(*, secret: str, by: Actor, now: datetime) -> tuple[CheckInTablet, str] | None:
    """Use a code up: return its tablet and the key for its browser, which is kept nowhere; None for a wrong one."""
    rows = CheckInTablet.objects.visible_to(by).enrolled().select_for_update()
    tablet = rows.filter(code_hash=hash_of(secret), code_expires_at__gt=now).first()
    if tablet is None:
        return None
    key = secrets.token_urlsafe(20)
    tablet.code_hash = tablet.code_expires_at = None
    tablet.key_hash, tablet.opened_at = hash_of(key), now
    tablet.save(update_fields=["code_hash", "code_expires_at", "key_hash", "opened_at"])
    return tablet, key


@transaction.atomic
def revoke(*, tablet_id: UUID, by: Actor, now: datetime) -> CheckInTablet:
    """Close it for good: its next tap opens nothing."""
    tablet = _locked(tablet_id, by)
    tablet.code_hash = tablet.code_expires_at = tablet.key_hash = None
    tablet.revoked_at = now
    tablet.save(update_fields=["code_hash", "code_expires_at", "key_hash", "revoked_at"])
    return tablet


@transaction.atomic
def close_all(*, by: Actor) -> int:
    """Every tablet needs a new code before it opens anything; return how many were open or had one."""
    own = CheckInTablet.objects.visible_to(by).enrolled().exclude(code_hash=None, key_hash=None)
    return own.update(code_hash=None, code_expires_at=None, key_hash=None)


def _locked(tablet_id: UUID, by: Actor) -> CheckInTablet:
    tablet = CheckInTablet.objects.visible_to(by).select_for_update().get(pk=tablet_id)
    if tablet.revoked_at is not None:
        raise VisitRefusedError(_("This tablet is revoked. Enrol it again under a new name."))
    return tablet
