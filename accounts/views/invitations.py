"""The page behind an invitation's link: a new person chooses a password, who signs in already joins."""

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.models import Login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.decorators import own_transactions, public
from accounts.models import Clinic, Invitation, User
from accounts.people_forms import FirstPasswordForm
from accounts.services import invitations
from accounts.services.invitations import InvitationRefusedError


@own_transactions
@public
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, key: str) -> HttpResponse:
    """Opening the page uses nothing up, so that a mail scanner cannot."""
    clinic, found = invitations.find(key)
    if clinic is None or found is None or not found.lets_in(timezone.now()):
        return _ended(request, clinic, found)
    known = invitations.user_of(found)
    try:
        if known is not None:
            return _join(request, key, clinic, found, known)
        return _first_password(request, clinic, found)
    except InvitationRefusedError as refused:
        return _page(request, clinic, found, {"refused": str(refused)}, status=409)


def _first_password(request: HttpRequest, clinic: Clinic, found: Invitation) -> HttpResponse:
    if request.user.is_authenticated:
        return _page(request, clinic, found, {"is_somebody_else": True})
    person = User(email=found.email, full_name=found.full_name)
    form = FirstPasswordForm(request.POST if request.method == "POST" else None, user=person)
    if not form.is_valid():
        return _page(request, clinic, found, {"form": form}, status=422 if form.is_bound else 200)
    user = invitations.accept_as_new(
        clinic=clinic, invitation_id=found.pk, password=form.cleaned_data["password"], now=timezone.now()
    )
    login = Login(user=user, redirect_url=reverse("mfa_index"), email=user.email)
    response: HttpResponse = perform_password_login(request, {"email": user.email}, login)
    reauthenticate_by_password(request)  # the password was typed this moment: the second step asks for it no more
    return response


def _join(request: HttpRequest, key: str, clinic: Clinic, found: Invitation, known: User) -> HttpResponse:
    if not request.user.is_authenticated:
        return _page(request, clinic, found, {"is_known": True, "key": key})
    if request.user.pk != known.pk:
        return _page(request, clinic, found, {"is_somebody_else": True})
    if request.method != "POST":
        return _page(request, clinic, found, {"is_signed_in": True})
    membership = invitations.accept_as(clinic=clinic, invitation_id=found.pk, user=known, now=timezone.now())
    request.session["membership_id"] = str(membership.pk)
    return redirect("/")


def _page(
    request: HttpRequest, clinic: Clinic, found: Invitation, context: dict[str, object], status: int = 200
) -> HttpResponse:
    shown = {"clinic": clinic, "invitation": found, **context}
    return render(request, "accounts/invitation.html", shown, status=status)


def _ended(request: HttpRequest, clinic: Clinic | None, found: Invitation | None) -> HttpResponse:
    """Used, withdrawn, replaced or too old: what helps now. The key alone tells nobody's name."""
    status = 200 if found is not None else 404
    return render(request, "accounts/invitation_ended.html", {"clinic": clinic, "invitation": found}, status=status)
