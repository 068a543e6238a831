"""Sending a browser elsewhere, also when only a part of its page asked."""

from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url


def to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """To the sign-in page, and back afterwards to the page the person was on."""
    if "HX-Request" not in request.headers:
        return redirect_to_login(request.get_full_path())
    return _whole_page(redirect_to_login(_page_of(request.headers.get("HX-Current-URL", ""))).headers["Location"])


def _page_of(address: str) -> str:
    """The page of this site that an address names, or the start page."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    return parts.path + (f"?{parts.query}" if parts.query else "") if parts.path.startswith("/") else "/"


def to_second_factor(request: HttpRequest) -> HttpResponseBase:
    """To the page that sets up a second factor. What a page asks for by itself gets nothing, and stays as it is."""
    if "X-Poll" in request.headers:
        return HttpResponse(status=204)
    if "HX-Request" in request.headers:
        return _whole_page(resolve_url("mfa_index"))
    return redirect("mfa_index")


def after_idle_time(request: HttpRequest) -> HttpResponseBase:
    """To the sign-in page once the session has ended, and back afterwards; after a form that was sent, to its page."""
    if "HX-Request" in request.headers or request.method in {"GET", "HEAD"}:
        return to_sign_in(request)
    return redirect_to_login(page_sent_from(request))


def page_sent_from(request: HttpRequest) -> str:
    """The page of this site whose form was sent."""
    return _page_of(request.headers.get("Referer", ""))


def _whole_page(url: str) -> HttpResponse:
    """A redirect that htmx follows with the whole page: a 302 would put the new page into a corner of the old one."""
    return HttpResponse(status=204, headers={"HX-Redirect": url})
