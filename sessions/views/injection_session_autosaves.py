"""Nothing typed is lost: the page as it is typed becomes the draft, or waits beside it until it can."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest
from sessions.choices import RecordStatus
from sessions.drafts import Draft
from sessions.forms.injection_sessions import SessionForms
from sessions.models import InjectionSession, UnsavedTyping
from sessions.policies.injection_sessions import (
    PreparationRefusedError,
    SessionRefusedError,
    VersionConflictError,
    is_overtaken,
)
from sessions.services import injection_sessions as service
from sessions.services import unsaved_typings
from sessions.views.injection_session_conflicts import conflicting, differences_to
from sessions.views.injection_session_merges import TypedPage, agreed_on, typed_over
from sessions.views.injection_session_pages import SessionPage, get_session, locked_session

# What is no typing: the token is the browser's, the button that was pressed is an act.
_NOT_TYPED = {"csrfmiddlewaretoken", "act", "repeat"}


@staff(Act.LOG_SESSIONS, methods=("POST",))
def autosave(request: StaffRequest, session_id: UUID) -> HttpResponse:
    """Save what can be saved, keep the rest as it was typed, say which. 409: the page must be looked at.

    Raises BadRequest for what is not the page: it would stand there as a page that somebody emptied.
    """
    session = locked_session(request.actor, session_id)
    if "points-TOTAL_FORMS" not in request.POST:
        raise BadRequest("not the page")
    page = SessionPage(session, request.actor, timezone.now())
    typed = typed_over(page, request.POST)
    forms = page.forms(typed.data, has_reasons=_has_reasons(typed.data))
    whole = None if forms.is_valid() else forms
    if typed.conflicts or _is_told(request.POST, session):
        return _not_saved(request, page, forms, typed, VersionConflictError())
    draft = forms.draft_without_acts(page.stored) if whole is None else _rest(page, forms, typed.data)
    try:
        if draft is None:
            return _kept(request, page, forms, typed)
        found = service.save_locked(
            page.loaded,
            version=forms.version_typed_over,
            draft=draft,
            sender=forms.sender,
            by=request.actor,
            now=page.now,
        )
    except SessionRefusedError as refusal:
        return _not_saved(request, page, forms, typed, refusal)
    if "restored" in request.GET and found is not None:
        messages.success(request, _("What was typed without a connection is saved."))
    if whole is not None or forms.has_acts(consented=page.session.consent.signed_name if page.session.consent else ""):
        rest = typed.data.copy()
        rest["opened"] = agreed_on(forms, typed.data)
        keep(page, forms, rest, version=page.session.version)
    else:
        unsaved_typings.let_go(injection_session=page.session, by=request.actor)
    more: dict[str, Any] = {"is_old": True} if found is None else {"open": len(found)}
    return _saved(request, page, forms, typed, more | ({"wrong": _wrong(forms)} if whole is not None else {}))


def _saved(
    request: StaffRequest, page: SessionPage, forms: SessionForms, typed: TypedPage, more: dict[str, Any]
) -> HttpResponse:
    """A page that does not show all of the draft goes on from the version it was opened on."""
    if opened := agreed_on(forms, request.POST):
        more["opened"] = opened
    if typed.theirs:
        words = _("Changed elsewhere and kept, but not shown on this page yet: %(what)s.")
        more["theirs"] = words % {"what": ", ".join(typed.theirs)}
    return _answer(page, "saved", version=typed.version if typed.is_merged else page.session.version, **more)


def _is_told(data: QueryDict, session: InjectionSession) -> bool:
    """Both texts stand on the page: the person decides, never an autosave."""
    return bool(data.get("conflict")) and session.status == RecordStatus.DRAFT


def _kept(request: StaffRequest, page: SessionPage, forms: SessionForms, typed: TypedPage) -> HttpResponse:
    keep(page, forms, request.POST, version=typed.version)
    if page.session.status != RecordStatus.DRAFT:
        return _answer(page, "closed", 409, words=_("The session was signed or voided in the meantime."))
    return _answer(page, "kept", version=typed.version, wrong=_wrong(forms))


def _wrong(forms: SessionForms) -> list[dict[str, str]]:
    """Which fields cannot be saved, and why."""
    return [{"field": anchor, "label": label, "words": words} for anchor, label, words in forms.errors]


def _rest(page: SessionPage, forms: SessionForms, data: QueryDict) -> Draft | None:
    """What can be saved beside what cannot: a wrong field keeps what is stored, and so do the points where one of them
    is wrong. None where nothing is left that stands by itself."""
    if page.session.status != RecordStatus.DRAFT:
        return None
    rest = page.forms(forms.rest_of(data), version=forms.version, has_reasons=_has_reasons(data))
    if not rest.is_valid():
        return None
    draft = rest.draft_without_acts(page.stored)
    return replace(draft, points=page.stored.points) if forms.is_wrong_in_points() else draft


def _not_saved(
    request: StaffRequest, page: SessionPage, forms: SessionForms, typed: TypedPage, refusal: SessionRefusedError
) -> HttpResponse:
    if forms.sender and is_overtaken(page.session, forms.sender):
        return _answer(page, "saved", version=page.session.version, is_old=True)
    keep(page, forms, request.POST, version=typed.version)
    if isinstance(refusal, PreparationRefusedError):
        return _answer(
            page,
            "kept",
            version=typed.version,
            wrong=[{"field": "", "label": _("Preparation"), "words": str(refusal)}],
        )
    state = "conflict" if isinstance(refusal, VersionConflictError) else "closed"
    return _answer(page, state, 409, words=str(refusal))


def _answer(page: SessionPage, state: str, status: int = 200, **more: Any) -> JsonResponse:
    at = page.now.astimezone(page.actor.zone)
    own = {"saved_at": f"{at:%H:%M:%S}", "now": int(at.timestamp() * 1000), "since": page.since_words}
    return JsonResponse({"state": state, **own, "stands": page.session.version, **more}, status=status)


def _has_reasons(data: QueryDict) -> bool:
    return any(name.startswith("reason-") and data[name] for name in data)


def keep(page: SessionPage, forms: SessionForms, data: QueryDict, *, version: int) -> None:
    """Beside the draft, for the member who typed it; NUL, which nobody types, is no part of it."""
    unsaved_typings.keep(
        injection_session=page.session,
        version=version,
        typed={
            name.replace("\0", ""): [value.replace("\0", "") for value in values]
            for name, values in data.lists()
            if name not in _NOT_TYPED
        },
        sender=forms.sender,
        by=page.actor,
        now=page.now,
    )


def as_typed(typing: UnsavedTyping, *, version: int) -> QueryDict:
    """The page's fields as they were kept, to be sent by a page that begins anew at ``version``."""
    data = QueryDict(mutable=True)
    for name, values in typing.typed.items():
        data.setlist(name, values)
    data["version"] = str(version)
    data["page"], data["number"] = str(uuid4()), "0"
    return data


def typed_again(page: SessionPage) -> tuple[SessionForms, dict[str, Any]]:
    """The page's forms with what waits beside the draft put back into them, each field over what stands now; where one
    was changed here and since, both texts are shown."""
    typing = page.typing
    if typing is None:
        return page.forms(), {}
    typed = typed_over(page, as_typed(typing, version=typing.version))
    data = typed.data.copy()
    data["version"], data["opened"] = str(page.session.version), page.forms().session.initial["opened"]
    forms = page.forms(data)
    is_valid = forms.is_valid()
    was_told = bool(typing.typed.get("conflict", [""])[0])
    if not (was_told or typed.conflicts) and (typed.is_merged or typing.version == page.session.version):
        return forms, {}
    rows: Sequence[Any] = (differences_to(forms.draft(), page) if is_valid else []) or typed.conflicts
    if is_valid and not rows:
        return forms, {}
    return conflicting(page, data, rows)


def lost_words(page: SessionPage) -> list[tuple[str, str]]:
    """What waits beside a record that is closed, field by field, as it was typed."""
    if page.typing is None or page.session.status == RecordStatus.DRAFT:
        return []
    forms = page.forms(as_typed(page.typing, version=page.session.version), has_reasons=False)
    fields = [field for form in (forms.session, forms.quick, forms.screening) for field in form if not field.is_hidden]
    found = [(str(field.label), str(field.value())) for field in fields if field.value()]
    for number, row in enumerate(forms.points.forms, start=1):
        said = [str(row[name].value()) for name in ("nerve", "side", "volume_ml") if row[name].value()]
        if row["nerve"].value() or row["side"].value():
            found.append((_("Point %(number)s") % {"number": number}, ", ".join(said)))
    return found


@staff(Act.LOG_SESSIONS, methods=("POST",))
def throw_away(request: StaffRequest, session_id: UUID) -> HttpResponse:
    """The member does not want it any more."""
    session = get_session(request.actor, session_id)
    unsaved_typings.let_go(injection_session=session, by=request.actor)
    messages.success(request, _("What was not saved is thrown away."))
    return redirect("sessions:edit", session_id=session_id)
