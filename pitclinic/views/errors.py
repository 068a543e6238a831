"""Error pages say what happened, what was kept and what to do; they never touch the database."""

import sys

import psycopg
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from kombu.exceptions import OperationalError as BrokerError
from psycopg_pool import PoolTimeout

from accounts.hashers import TooManySignInsError

RETRY_AFTER_SECONDS = "5"
_AWAY = (OperationalError, InterfaceError, PoolTimeout, BrokerError, ConnectionError)
# What PostgreSQL says when it goes, is gone or comes: a lost connection (class 08), or an end by its administrator.
_LOST_CONNECTION = "08"
_ENDED = {"57P01", "57P02"}
_RESTARTING = _ENDED | {"57P03"}


def _page(name: str, status: int) -> HttpResponse:
    return HttpResponse(render_to_string(name), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return _page("413.html", 413)
    return _page("400.html", 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page("403_nowhere.html" if getattr(request, "works_nowhere", False) else "403.html", 403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page("404.html", 404)


class DatabaseLostResponse(HttpResponse):
    """The connection to the database broke: asked again, a moment later, the page may well come.

    ``was_cut``: it worked until then, and PostgreSQL itself ended it. Else none could be made.
    """

    was_cut = False


def method_not_allowed(response: HttpResponse) -> HttpResponse:
    """A page in place of the empty 405; it leads to the address itself where that may be opened."""
    may_open = "GET" in response.headers.get("Allow", "")
    response.content = render_to_string("405.html", {"may_open": may_open})
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """A 503 with Retry-After while the database or the broker is away, else a 500."""
    error = sys.exc_info()[1]
    if isinstance(error, TooManySignInsError):
        return _come_again(HttpResponse(render_to_string("503_sign_ins.html"), status=503))
    if not isinstance(error, _AWAY):
        return _page("500.html", 500)
    text, is_lost = render_to_string("503.html"), _is_lost(error)
    response = _come_again((DatabaseLostResponse if is_lost else HttpResponse)(text, status=503))
    if isinstance(response, DatabaseLostResponse):
        response.was_cut = _state_of(error) in _ENDED
    return response


def _come_again(response: HttpResponse) -> HttpResponse:
    response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def _is_lost(error: BaseException) -> bool:
    """Whether the connection is at fault, and not the question: a deadlock or a time-out is nobody's restart."""
    if not isinstance(_cause_of(error), psycopg.OperationalError | psycopg.InterfaceError):
        return False
    state = _state_of(error)
    return state is None or state.startswith(_LOST_CONNECTION) or state in _RESTARTING


def _cause_of(error: BaseException) -> BaseException | None:
    """What psycopg said, out of what Django made of it."""
    return error if isinstance(error, psycopg.Error) else error.__cause__


def _state_of(error: BaseException) -> str | None:
    cause = _cause_of(error)
    return cause.sqlstate if isinstance(cause, psycopg.Error) else None
