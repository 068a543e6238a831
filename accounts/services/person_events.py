"""What happens to a person's sign-in, written into the audit trail of each clinic they work at.

Django and allauth say by signals what they did; nothing of ours sends one. An address that is nobody's is not written
down, and neither is anything secret: of a factor its kind, of a sign-in the ways it was made.
"""

import hashlib
import json
from typing import Any
from uuid import UUID, uuid4

from allauth.account import signals as account
from allauth.account.authentication import get_authentication_records
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest
from structlog.contextvars import get_contextvars

from accounts.models import User
from audit.models import AuditEvent

Kind = AuditEvent.Kind
# [DEF] as long as allauth counts the tries for one address: a lock is told of once.
LOCK_SECONDS = 600


def record(user_id: UUID | None, kind: str, **details: str) -> None:
    """Append the event to the trails of the person's clinics. Of nobody nothing is kept, in the same time."""
    request_id = str(get_contextvars().get("request_id", ""))[:64]
    told = json.dumps(details) if details else None
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_record_person(%s, %s, %s, %s)", [user_id or uuid4(), kind, request_id, told])


def locked_out(email: object) -> None:
    """The tries for this address are used up for now."""
    address = str(email or "").lower()
    if cache.add(f"locked-out:{hashlib.sha256(address.encode()).hexdigest()}", 1, LOCK_SECONDS):
        record(_id_of(address), Kind.LOCKED_OUT)


def listen() -> None:
    """Called once, when the application is ready."""
    account.user_logged_in.connect(_signed_in)
    account.password_reset.connect(_password_reset)
    account.password_changed.connect(_password_changed)
    account.password_set.connect(_password_changed)
    user_logged_out.connect(_signed_out)
    user_login_failed.connect(_refused)
    mfa.authentication_failed.connect(_factor_refused)
    mfa.authenticator_added.connect(_factor_added)
    mfa.authenticator_removed.connect(_factor_removed)
    mfa.authenticator_reset.connect(_factor_added)
    mfa.authenticator_used.connect(_factor_used)


def _id_of(address: str) -> UUID | None:
    return User.objects.filter(email=address).values_list("pk", flat=True).first()


def _signed_in(request: HttpRequest, user: User, **_more: Any) -> None:
    ways = (str(one.get("type") or one.get("method")) for one in get_authentication_records(request, user))
    record(user.pk, Kind.SIGN_IN, how=", ".join(dict.fromkeys(ways))[:80])


def _signed_out(user: User | None, **_more: Any) -> None:
    if user is not None:
        record(user.pk, Kind.SIGN_OUT)


def _refused(credentials: dict[str, Any], **_more: Any) -> None:
    record(_id_of(str(credentials.get("email") or "").lower()), Kind.SIGN_IN_FAILED, how="password")


def _factor_refused(user: User, authenticator: Authenticator, **_more: Any) -> None:
    record(user.pk, Kind.SIGN_IN_FAILED, how=str(authenticator.type))


def _password_reset(user: User, **_more: Any) -> None:
    record(user.pk, Kind.PASSWORD_RESET)


def _password_changed(user: User, **_more: Any) -> None:
    record(user.pk, Kind.PASSWORD_CHANGED)


def _factor_added(user: User, authenticator: Authenticator, **_more: Any) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        record(user.pk, Kind.RECOVERY_MADE)
    else:
        record(user.pk, Kind.FACTOR_ADDED, how=str(authenticator.type))


def _factor_removed(user: User, authenticator: Authenticator, **_more: Any) -> None:
    record(user.pk, Kind.FACTOR_REMOVED, how=str(authenticator.type))


def _factor_used(user: User, authenticator: Authenticator, **_more: Any) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        record(user.pk, Kind.RECOVERY_USED)
