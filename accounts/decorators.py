"""Who may open a view. A view without one of these is refused by the middleware and by a system check."""

import hashlib
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from accounts.elsewhere import to_sign_in
from accounts.permissions import Act
from accounts.requests import StaffRequest
from accounts.services import clinics, sent_forms
from common.form_keys import FIELD, key_of

_NOT_TYPED = {FIELD, "csrfmiddlewaretoken"}
V = TypeVar("V", bound=Callable[..., HttpResponseBase])


def staff(
    act: Act, *, methods: Iterable[str] = ("GET", "HEAD"), once: bool = False, one_by_one: bool = False
) -> Callable[[V], V]:
    """Let members through whose role may do ``act``; a stranger is sent to sign in, anyone else gets a 403.

    ``once`` is for a view whose POST makes a row: its forms carry ``{% once %}``, and the same form sent again makes
    nothing and leads to where the first answer led. ``one_by_one`` is for a view whose POST writes over what stands: no
    two such saves of one clinic run at the same time, so that what was compared is what is written over.
    """

    def decorate(view: V) -> V:
        wrapped = _sent_once(view) if once else view
        checked = require_http_methods(list(methods))(_one_by_one(wrapped) if one_by_one else wrapped)

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
        inner.is_once = once  # type: ignore[attr-defined]
        inner.is_one_by_one = one_by_one  # type: ignore[attr-defined] # read by the tests of every address
        return cast(V, inner)

    return decorate


def _sent_once(view: V) -> V:
    """The view's POST at most once for each key, within the request's own transaction."""

    @wraps(view)
    def inner(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        key, by = key_of(request.POST.get(FIELD)), request.actor
        if key is None:
            return _refused(request, status=400)
        try:
            earlier = sent_forms.first(key=key, address=request.path, said_sha256=_said(request), by=by)
        except sent_forms.FormKeyRefusedError:
            return _refused(request, status=409)
        if earlier is not None:
            return _already(request, earlier.location) if earlier.is_same else _corrected(request, earlier.location)
        request.leads_to = None
        response = view(request, *args, **kwargs)
        _keep(request, key, response)
        return response

    return cast(V, inner)


def _one_by_one(view: V) -> V:
    """The view's POST holds the clinic until its transaction ends."""

    @wraps(view)
    def inner(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            clinics.hold(by=request.actor)
        return view(request, *args, **kwargs)

    return cast(V, inner)


def _typed(request: StaffRequest) -> list[tuple[str, str]]:
    return [(name, value) for name, values in request.POST.lists() if name not in _NOT_TYPED for value in values]


def _said(request: StaffRequest) -> bytes:
    """A digest of all that was typed and of the names and sizes of the files chosen."""
    chosen = [(name, file.name, file.size) for name, files in request.FILES.lists() for file in files]
    return hashlib.sha256(repr((sorted(_typed(request)), sorted(chosen))).encode()).digest()


def _refused(request: StaffRequest, *, status: int) -> HttpResponse:
    """Nothing was saved, and what was typed is kept on the page: to be sent with a key, or, at a 409, to be copied."""
    context = {"typed": _typed(request), "may_send": status == 400}
    return render(request, "accounts/form_refused.html", context, status=status)


def _corrected(request: StaffRequest, location: str) -> HttpResponse:
    """Back, corrected and sent again: the first is what is saved, and nobody may think that the correction was."""
    context = {"typed": _typed(request), "is_corrected": True, "saved_url": location}
    return render(request, "accounts/form_refused.html", context, status=409)


def _keep(request: StaffRequest, key: UUID, response: HttpResponseBase) -> None:
    """What was refused may be sent again; what was made is remembered by where its answer leads."""
    location = response.headers.get("Location", "") if request.leads_to is None else request.leads_to
    if response.status_code >= 400 or request.leads_to == "":
        sent_forms.let_go(key=key, by=request.actor)
    else:
        sent_forms.remember(key=key, location=location, by=request.actor)


def _already(request: StaffRequest, location: str) -> HttpResponse:
    messages.info(request, _("This was already saved. To add another, open the form again."))
    return HttpResponseClientRedirect(location or "/") if request.htmx else redirect(location or "/")


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
