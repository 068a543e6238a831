"""The tablet in the waiting room: who are you, thank you, or please go to the desk. It shows no name and no list."""

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth import logout
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods

from accounts.decorators import own_transactions, public
from common import limits
from common.languages import words_for
from scheduling.choices import IdentityMark
from scheduling.forms.check_in_tablets import CodeForm, HereForm
from scheduling.policies import VisitRefusedError
from scheduling.queries.check_in_tablets import OpenTablet, clinic_of, find_tablet, find_visit, inside, nobody_at
from scheduling.services import arrivals, check_in_tablets

COOKIE = "tablet"
OPEN_FOR = 12 * 60 * 60  # seconds: a working day [DEF]
SHOWN_FOR = 30  # seconds until an answer gives way to the empty page
# In ten minutes, like the patient's door (portal/limits.py).
MOST = {"tablet:code": 10, "tablet:here": 30}
_SALT = "scheduling.check_in_tablet"


@own_transactions
@public
@require_http_methods(["GET", "HEAD", "POST"])
def here(request: HttpRequest) -> HttpResponse:
    """An open tablet asks who is there; any other browser is asked for a code."""
    found = _tablet_of(request)
    if found is None:
        return _try_code(request) if request.method == "POST" else _page(request, "code", form=CodeForm())
    with words_for(found.by.clinic.locale):
        if request.method != "POST":
            return _page(request, "here", form=HereForm(country=found.by.clinic.country), clinic=found.by.clinic)
        return _let_in(request, found)


@own_transactions
@public
@require_http_methods(["GET", "HEAD"])
def thanks(request: HttpRequest) -> HttpResponse:
    return _answer(request, "thanks")


@own_transactions
@public
@require_http_methods(["GET", "HEAD"])
def to_desk(request: HttpRequest) -> HttpResponse:
    return _answer(request, "to_desk")


def _let_in(request: HttpRequest, found: OpenTablet) -> HttpResponse:
    """A wrong answer, a second patient who fits and a visit that cannot begin all look the same."""
    now, sender = timezone.now(), str(found.tablet.pk)
    if limits.used("tablet:here", sender, now=now) >= MOST["tablet:here"]:
        return _answer(request, "to_desk", status=429)
    form = HereForm(request.POST, country=found.by.clinic.country)
    if not form.is_valid():
        return _page(request, "here", form=form, clinic=found.by.clinic, status=422)
    if _arrive(found, form):
        return redirect("scheduling:tablet_thanks")
    limits.count("tablet:here", sender, now=now)
    return redirect("scheduling:tablet_to_desk")


def _arrive(found: OpenTablet, form: HereForm) -> bool:
    now, typed = timezone.now(), form.cleaned_data
    try:
        with inside(found.by):
            who = find_visit(found.by, birth_date=typed["birth_date"], letters=typed["letters"], now=now)
            if who and who.visit:
                arrivals.check_in(
                    appointment=who.visit,
                    marks=(IdentityMark.BIRTH_DATE, IdentityMark.FULL_NAME),
                    by=found.by,
                    now=now,
                    version=who.visit.version,
                    tablet=found.tablet,
                )
    except VisitRefusedError:
        return False
    return who is not None


def _try_code(request: HttpRequest) -> HttpResponse:
    now, sender = timezone.now(), str(get_adapter().get_client_ip(request))
    form = CodeForm(request.POST)
    if limits.used("tablet:code", sender, now=now) >= MOST["tablet:code"]:
        return _page(request, "code", form=CodeForm(), is_too_often=True, status=429)
    parts = check_in_tablets.parts_of(form.cleaned_data["code"]) if form.is_valid() else None
    clinic = clinic_of(parts[0]) if parts else None
    if parts and clinic:
        by = nobody_at(clinic)
        with inside(by):
            opened = check_in_tablets.open_with(secret=parts[1], by=by, now=now)
        if opened:
            logout(request)  # whoever set it up must not stay signed in on it
            tablet, key = opened
            content = {"clinic_id": str(clinic.pk), "tablet_id": str(tablet.pk), "key": key}
            return _remember(redirect("scheduling:tablet"), content)
    limits.count("tablet:code", sender, now=now)
    return _page(request, "code", form=CodeForm(), is_wrong=True, status=422)


def _remember(response: HttpResponse, content: dict[str, str]) -> HttpResponse:
    """Set the cookie that stands for the tablet, for a day, for its own pages only."""
    response.set_cookie(
        COOKIE,
        signing.dumps(content, salt=_SALT),
        max_age=OPEN_FOR,
        path=reverse("scheduling:tablet"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return response


def _tablet_of(request: HttpRequest) -> OpenTablet | None:
    try:
        content = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=OPEN_FOR)
    except signing.BadSignature:
        return None
    key_hash = check_in_tablets.hash_of(content["key"])
    return find_tablet(clinic_id=content["clinic_id"], tablet_id=content["tablet_id"], key_hash=key_hash)


def _answer(request: HttpRequest, name: str, *, status: int = 200) -> HttpResponse:
    """An answer that goes away by itself; a header does it, without a script."""
    found = _tablet_of(request)
    with words_for(found.by.clinic.locale if found else translation.get_language() or ""):
        response = _page(request, name, status=status, clinic=found.by.clinic if found else None)
    response.headers["Refresh"] = f"{SHOWN_FOR}; url={reverse('scheduling:tablet')}"
    return response


def _page(request: HttpRequest, name: str, *, status: int = 200, **context: object) -> HttpResponse:
    return render(request, f"scheduling/tablet/{name}.html", context, status=status)
