from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from accounts.decorators import public

app_name = "portal"


@public
def door(request: HttpRequest, key: str) -> HttpResponse:
    raise Http404


urlpatterns = [path("<str:key>/", door, name="door")]
