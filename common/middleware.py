"""Headers every answer carries."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase

_HEADERS = {
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_KEEP = "private, max-age=31536000, immutable"


class KeptResponse(HttpResponse):
    """Reference data under an address that changes with it: the member's own browser may keep it. Nothing clinical."""


class ResponseHeadersMiddleware:
    """Keep clinical pages out of every cache and every other site's reach. Static files are served before it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in _HEADERS.items():
            response.headers[name] = value
        is_kept = isinstance(response, KeptResponse) and response.status_code == HTTPStatus.OK
        response.headers["Cache-Control"] = _KEEP if is_kept else "no-store, private"
        return response
