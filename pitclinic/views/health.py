"""Is the process alive, and can it do its work?"""

from django.db import Error
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from accounts.decorators import public
from accounts.integrity import integrity


@public
def alive(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "alive"})


@public
def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, else 503. Whether signatures and audit trail hold is said beside it, in a word:
    a site whose record was tampered with still has to answer."""
    try:
        proofs = integrity(now=timezone.now())
    except Error:
        return JsonResponse({"status": "database away"}, status=503, headers={"Retry-After": "5"})
    return JsonResponse({"status": "ready", "proofs": proofs})
