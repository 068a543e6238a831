"""How long this sign-in still lasts, that somebody is there, and the page of allauth that is closed."""

import time

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from accounts.decorators import public, staff
from accounts.middleware import seconds_left
from accounts.permissions import Act
from accounts.requests import StaffRequest


@staff(Act.OWN_ACCOUNT, methods=("GET", "POST"))
def still_here(request: StaffRequest) -> HttpResponse:
    """A page asks with GET and ``X-Poll``, which is no use of it, and says with POST that somebody typed or said so."""
    return JsonResponse({"seconds": seconds_left(request, now=int(time.time()))})


@public
def email_addresses(request: HttpRequest) -> HttpResponse:
    """Closed: the address is the one that was invited, and a second, unproven one would close the second step."""
    raise Http404
