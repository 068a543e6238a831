"""Error pages say what happened, what was kept and what to do; they never touch the database."""

import sys

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from kombu.exceptions import OperationalError as BrokerError
from psycopg_pool import PoolTimeout

RETRY_AFTER_SECONDS = "5"
_AWAY = (OperationalError, InterfaceError, PoolTimeout, BrokerError, ConnectionError)


def _page(name: str, status: int) -> HttpResponse:
    return HttpResponse(render_to_string(name), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return _page("413.html", 413)
    return _page("400.html", 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page("403.html", 403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page("404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A 503 with Retry-After while the database or the broker is away, else a 500."""
    if isinstance(sys.exc_info()[1], _AWAY):
        response = _page("503.html", 503)
        response.headers["Retry-After"] = RETRY_AFTER_SECONDS
        return response
    return _page("500.html", 500)
