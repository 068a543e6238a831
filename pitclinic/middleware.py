"""What stands around every page: a second try when PostgreSQL restarts, and words where Django answers with none."""

import time
from collections.abc import Callable
from http import HTTPStatus

from django.core.handlers.wsgi import WSGIRequest
from django.db import connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from pitclinic.views.errors import DatabaseLostResponse, method_not_allowed

GetResponse = Callable[[HttpRequest], HttpResponseBase]
# PostgreSQL is back from a restart within about a second; a health check asks again by itself.
PAUSE_SECONDS = 1.0
ASKED_ONCE = ("/healthz", "/readyz")


class SecondTryMiddleware:
    """Ask once more for a page whose database connection broke. Only what reads, and before a byte of it was sent.

    While the database stays away nobody waits: after a second try that failed too, there is none for some seconds,
    but for a connection that PostgreSQL cut in the middle: it had been back.
    """

    QUIET_SECONDS = 5.0

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self._failed_at = float("-inf")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not self._may_try_again(request, response):
            return response
        response.close()
        for connection in connections.all(initialized_only=True):
            connection.close_if_unusable_or_obsolete()
        time.sleep(PAUSE_SECONDS)
        again = self.get_response(WSGIRequest(request.environ))  # type: ignore[attr-defined] # nothing half-read in it
        if isinstance(again, DatabaseLostResponse):
            self._failed_at = time.monotonic()
        return again

    def _may_try_again(self, request: HttpRequest, response: HttpResponseBase) -> bool:
        return (
            isinstance(response, DatabaseLostResponse)
            and isinstance(request, WSGIRequest)
            and request.method in {"GET", "HEAD"}
            and request.path_info not in ASKED_ONCE
            and (response.was_cut or time.monotonic() - self._failed_at > self.QUIET_SECONDS)
        )


class EmptyAnswerMiddleware:
    """A page that says what happened and leads back, where a view takes no such request (405)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or not isinstance(response, HttpResponse):
            return response
        return response if response.content else method_not_allowed(response)
