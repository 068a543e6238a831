"""Every address the navigation knows, so that the gallery does not wait for the apps that serve them."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from pitclinic.navigation import ENTRIES


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def addresses():
    for entry in ENTRIES:
        app, _, name = entry.url_name.rpartition(":")
        here = path(name.replace("today", ""), page, name=name)
        find = path("find/", page, name="search")
        yield path(f"{app}/", include(([here, find], app))) if app else here


urlpatterns = [
    *addresses(),
    path("account/", include("allauth.urls")),
    path("", include("accounts.urls")),
]
