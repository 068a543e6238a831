"""Who may open a view. A view without one of these is refused by the middleware and by a system check."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_http_methods

from accounts.elsewhere import to_sign_in
from accounts.permissions import Act

V = TypeVar("V", bound=Callable[..., HttpResponseBase])


def staff(act: Act, *, methods: Iterable[str] = ("GET", "HEAD")) -> Callable[[V], V]:
    """Let members through whose role may do ``act``; a stranger is sent to sign in, anyone else gets a 403."""

    def decorate(view: V) -> V:
        checked = require_http_methods(list(methods))(view)

        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            actor = getattr(request, "actor", None)
            if actor is None or not actor.may(act):
                raise PermissionDenied
            return cast(HttpResponse, checked(request, *args, **kwargs))

        inner.required_act = act  # type: ignore[attr-defined]
        inner.allowed_methods = tuple(methods)  # type: ignore[attr-defined]
        return cast(V, inner)

    return decorate


def own_transactions(view: V) -> V:
    """Mark a public view that opens its own transactions, so that what it stored stands before its page is drawn.

    It is nobody's page at the clinic: whoever is signed in at this browser is left out of it.
    """
    view.has_own_transactions = True  # type: ignore[attr-defined]
    return view


def public(view: V) -> V:
    """Mark a view that needs no sign-in: health, sign-in itself, the patient's door (which checks its own link)."""
    view.is_public = True  # type: ignore[attr-defined]
    return view
