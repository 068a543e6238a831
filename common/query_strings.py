"""Query parameters pass a form before anything else looks at them."""

from typing import TypeVar

from django import forms
from django.core.exceptions import BadRequest
from django.http import HttpRequest

F = TypeVar("F", bound=forms.Form)


def read_query(form_class: type[F], request: HttpRequest) -> F:
    """Return the validated form for the request's query string.

    Raises ``BadRequest`` (a 400 page) when a value does not fit, a NUL byte included.
    """
    form = form_class(request.GET)
    if not form.is_valid():
        raise BadRequest("; ".join(f"{name}: {' '.join(map(str, errors))}" for name, errors in form.errors.items()))
    return form
