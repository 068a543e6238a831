"""Before a list leaves the clinic: is it still you? Views call it once they know what is asked for."""

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render

from accounts.requests import StaffRequest
from accounts.second_check import SecondCheck


def still_you(request: StaffRequest, *, now: datetime) -> HttpResponse | None:
    """The page that asks for the password once more; after it, the page the list is taken from. None: go on.

    A view that calls this takes GET and POST: the password is sent to the address of the list itself.
    """
    check = SecondCheck(request, now=now)
    is_sent = request.method == "POST"
    if is_sent and check.passes():
        return render(request, "accounts/export_ready.html", {"address": request.get_full_path()})
    if not is_sent and not check.is_needed:
        return None
    context = {"check": check, "passkey_url": check.passkey_url(request.get_full_path())}
    return render(request, "accounts/export_check.html", context, status=422 if is_sent else 200)
