"""Headers every answer carries."""

import re
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed

_HEADERS = {
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_METHODS = ("GET", "HEAD", "POST", "OPTIONS")
# Addresses that a browser names itself; half of one is none.
_ADDRESSES = ("HTTP_REFERER", "HTTP_HX_CURRENT_URL")
_NO_TEXT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")

_KEEP = "private, max-age=31536000, immutable"
_ASK_AGAIN = "private, no-cache"


class KeptResponse(HttpResponse):
    """Reference data under an address that changes with it: the member's own browser may keep it. Nothing clinical."""


class RevalidatedResponse(HttpResponse):
    """What its reader may keep and has to ask about each time, by its ETag. Nothing about a patient."""


class OddRequestMiddleware:
    """Leave out what no browser sends and no library expects: cookies that are no text, half an address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        for name in [name for name, value in request.COOKIES.items() if _NO_TEXT.search(name + value)]:
            del request.COOKIES[name]
        for header in _ADDRESSES:
            if not _is_address(request.META.get(header, "")):
                del request.META[header]
        return self.get_response(request)


def _is_address(text: str) -> bool:
    try:
        urlsplit(text)
    except ValueError:
        return False
    return True


class ResponseHeadersMiddleware:
    """Keep clinical pages out of every cache and every other site's reach. Static files are served before it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in _HEADERS.items():
            response.headers[name] = value
        response.headers["Cache-Control"] = _cache_control(response)
        return response


class KnownMethodsMiddleware:
    """A page is read or a form is sent; anything else is no method here, whoever asks and with whatever token."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: object) -> HttpResponse | None:
        """Before the check of the form's token, which would call it a forgery."""
        return None if request.method in _METHODS else HttpResponseNotAllowed(_METHODS)


def _cache_control(response: HttpResponseBase) -> str:
    if isinstance(response, KeptResponse) and response.status_code == HTTPStatus.OK:
        return _KEEP
    return _ASK_AGAIN if isinstance(response, RevalidatedResponse) else "no-store, private"
