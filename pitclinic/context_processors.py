"""What every page of the shell needs."""

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url

from accounts import late_typing


def shell(request: HttpRequest) -> dict[str, object]:
    return {
        "actor": getattr(request, "actor", None),
        "demo_mode": settings.DEMO_MODE,
        "sign_in_url": resolve_url(settings.LOGIN_URL),
        "idle_seconds": settings.STAFF_IDLE_SECONDS,
        "late_typing": late_typing.take(request) if getattr(request, "actor", None) else None,
    }
