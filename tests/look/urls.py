"""Every address the navigation knows, so that the gallery does not wait for the apps that serve them."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from pitclinic.navigation import ENTRIES


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def addresses():
    names = {entry.url_name.rpartition(":")[::2] for entry in ENTRIES} | {("patients", "search")}
    for app in sorted({app for app, _name in names} - {"accounts"}):
        pages = [path(f"{app}/{name}/", page, name=name) for one, name in sorted(names) if one == app]
        yield path("", include((pages, app))) if app else path("", include(pages))


urlpatterns = [
    *addresses(),
    path("account/", include("allauth.urls")),
    path("", include("accounts.urls")),
]
