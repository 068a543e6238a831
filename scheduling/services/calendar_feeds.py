"""The clinician's own calendar link: made, shown once, revoked."""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from common.link_keys import TOKEN_BYTES, token_hash
from scheduling.models import CalendarFeed
from scheduling.policies import VisitRefusedError


def make(*, by: Actor, now: datetime) -> str:
    """Return the key of a new link, which is kept nowhere; the link before it stops to work."""
    if by.membership_id is None:
        raise VisitRefusedError(_("A calendar link belongs to a clinician."))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        revoke(by=by, now=now)
        CalendarFeed.objects.create(clinic=by.clinic, clinician_id=by.membership_id, token_hash=token_hash(token))
    return f"{by.clinic.link_code}-{token}"


def revoke(*, by: Actor, now: datetime) -> bool:
    """Stop the link of ``by`` for good; answer whether there was one."""
    own = CalendarFeed.objects.visible_to(by).open().filter(clinician_id=by.membership_id)
    return bool(own.update(revoked_at=now))
