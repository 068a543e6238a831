"""How long this sign-in still lasts, and that somebody is there."""

import time

from django.http import HttpResponse, JsonResponse

from accounts.decorators import staff
from accounts.middleware import seconds_left
from accounts.permissions import Act
from accounts.requests import StaffRequest


@staff(Act.OWN_ACCOUNT, methods=("GET", "POST"))
def still_here(request: StaffRequest) -> HttpResponse:
    """A page asks with GET and ``X-Poll``, which is no use of it, and says with POST that somebody typed or said so."""
    return JsonResponse({"seconds": seconds_left(request, now=int(time.time()))})
