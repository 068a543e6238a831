"""When somebody at this browser last showed who they are: a password typed or a passkey used, at sign-in or since."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.http import HttpRequest


def is_fresh(request: HttpRequest, *, now: float, seconds: int) -> bool:
    """Whether the newest proof is younger than so many seconds; ``now`` in seconds of the epoch.

    A code from an app alone does not count: it is the other half of a sign-in.
    """
    records = get_authentication_records(request, request.user)
    newest = max((float(record["at"]) for record in records if _counts(record)), default=0.0)
    return 0 <= now - newest < seconds


def _counts(record: dict[str, Any]) -> bool:
    return record.get("method") == "password" or record.get("type") == Authenticator.Type.WEBAUTHN
