"""What the database refuses to write for a merged record is explained, whichever page tried it."""

from collections.abc import Callable
from uuid import UUID

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse

from patients.merge_refusals import is_merged_away


class MergedRecordMiddleware:
    """Stands outside the transaction (before ``ActorMiddleware``), which has been marked to be undone by then."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, IntegrityError) or not is_merged_away(exception):
            return None
        context = {"survivor_url": _survivor_url(exception)}
        return HttpResponse(render_to_string("patients/merged_away.html", context), status=409)


def _survivor_url(error: IntegrityError) -> str:
    """The database says in the detail which record it is; the page asks it nothing more."""
    try:
        survivor = UUID(getattr(getattr(error.__cause__, "diag", None), "message_detail", None) or "")
    except ValueError:
        return ""
    return reverse("patients:detail", args=[survivor])
