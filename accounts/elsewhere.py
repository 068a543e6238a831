"""Sending a browser elsewhere, also when only a part of its page asked."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url


def to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """To the sign-in page, and back afterwards to the page the person was on."""
    if "HX-Request" not in request.headers:
        return redirect_to_login(request.get_full_path())
    page = urlsplit(request.headers.get("HX-Current-URL", "")).path
    return _whole_page(redirect_to_login(page if page.startswith("/") else "/").headers["Location"])


def to_second_factor(request: HttpRequest) -> HttpResponseBase:
    """To the page that sets up a second factor. What a page asks for by itself gets nothing, and stays as it is."""
    if "X-Poll" in request.headers:
        return HttpResponse(status=204)
    if "HX-Request" in request.headers:
        return _whole_page(resolve_url("mfa_index"))
    return redirect("mfa_index")


def after_idle_time(request: HttpRequest) -> HttpResponseBase:
    """To the sign-in page once the session has ended."""
    if "HX-Request" in request.headers:
        return _whole_page(resolve_url(settings.LOGIN_URL))
    return redirect(settings.LOGIN_URL)


def _whole_page(url: str) -> HttpResponse:
    """A redirect that htmx follows with the whole page: a 302 would put the new page into a corner of the old one."""
    return HttpResponse(status=204, headers={"HX-Redirect": url})
