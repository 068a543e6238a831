"""Second factors: moved to the present key, and nobody left signed in on the strength of one that is gone."""

from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from cryptography.fernet import InvalidToken, MultiFernet
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest

from accounts.models import User

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
_ENCRYPTED = ("secret", "seed")
_ENCRYPTED_LISTS = ("migrated_codes",)


@dataclass(frozen=True)
class Rotated:
    """How many are under the present key now, and how many no known key opens."""

    moved: int
    unreadable: int


def rotate(*, box: MultiFernet) -> Rotated:
    """Encrypt the secrets of all second factors anew, under the first key of ``box``; locks one row at a time."""
    moved = unreadable = 0
    for pk in Authenticator.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if row is None:  # removed meanwhile
                continue
            try:
                data = _rotated(row.data, box)
            except InvalidToken:
                unreadable += 1
                continue
            if data != row.data:
                Authenticator.objects.filter(pk=pk).update(data=data)
                moved += 1
    return Rotated(moved, unreadable)


def _rotated(data: dict[str, Any], box: MultiFernet) -> dict[str, Any]:
    def anew(token: str) -> str:
        return box.rotate(token.encode()).decode()

    return (
        data
        | {name: anew(data[name]) for name in _ENCRYPTED if name in data}
        | {name: [anew(token) for token in data[name]] for name in _ENCRYPTED_LISTS if name in data}
    )


def has_any(user: User) -> bool:
    """Whether there is a factor to sign in with; recovery codes alone are none."""
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists())


def end_sign_ins(request: HttpRequest, *, user: User) -> None:
    """Sign the person out everywhere, here too."""
    end_sessions(request, list(UserSession.objects.filter(user_id=user.pk)))
    logout(request)
