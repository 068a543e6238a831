"""A person's own choice about the keys of every page."""

from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest
from accounts.services import shortcuts


@staff(Act.OWN_ACCOUNT, methods=("POST",))
def switch(request: StaffRequest) -> HttpResponse:
    """On or off; the sheet of keys says which, and the page below it stays as it is."""
    is_on = request.POST.get("to") == "on"
    shortcuts.switch(is_on=is_on, by=request.actor)
    if not request.htmx:
        return redirect("/")
    context = {"actor": replace(request.actor, has_shortcuts=is_on), "is_told": True}
    return render(request, "shell/shortcuts.html", context)
