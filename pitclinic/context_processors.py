"""What every page of the shell needs."""

from django.conf import settings
from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, object]:
    return {"actor": getattr(request, "actor", None), "demo_mode": settings.DEMO_MODE}
