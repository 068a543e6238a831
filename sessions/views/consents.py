"""A consent taken back; the clinic's words of consent."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.conflicts import find_conflict, status_of
from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest
from common.spoken_languages import CODES, language_name
from sessions.forms.consents import WithdrawalForm, WordingForm
from sessions.models import Consent
from sessions.policies.consent_wordings import check_correction
from sessions.queries.consent_wordings import (
    Wording,
    Wordings,
    language_rows,
    latest_wording,
    patients_to_sign_again,
    wording_history,
    wordings_of,
)
from sessions.services import consents
from sessions.text_changes import Piece, compare


@dataclass(frozen=True)
class WordingPreview:
    """A text as it would be read, what it changes, and how many would sign again."""

    wording: Wording
    changes: list[Piece]
    to_sign_again: int
    is_correction: bool
    fingerprint: str

    @property
    def guardian_lines(self) -> list[str]:
        """As it reads for a made-up child."""
        return self.wording.guardian_lines_for(_("Kim Example"), date(2015, 3, 1))


@staff(Act.LOG_SESSIONS, methods=("POST",))
def withdraw(request: StaffRequest, consent_id: UUID) -> HttpResponse:
    consent: Consent | None = Consent.objects.filter(clinic_id=request.actor.clinic_id, pk=consent_id).first()
    if consent is None:
        raise Http404
    form = WithdrawalForm(request.POST)
    try:
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        consents.withdraw(consent=consent, reason=reason, by=request.actor, now=timezone.now())
    except consents.ConsentRefusedError as refusal:
        return render(request, "sessions/injection_sessions/refused.html", {"words": str(refusal)}, status=409)
    messages.success(request, _("The consent is withdrawn. Nothing may be injected before a new one."))
    return redirect("sessions:chart", patient_id=consent.patient_id)


@staff(Act.CHANGE_SETTINGS, methods=("GET", "POST"), one_by_one=True)
def wording(request: StaffRequest) -> HttpResponse:
    """The words in one language (``?language=``). A text is looked at before it is put in force."""
    all_of_them = wordings_of(request.actor.clinic)
    language = _language(request, all_of_them)
    in_force = all_of_them.current(language)
    form = WordingForm(request.POST if request.method == "POST" else None, language=language, wording=in_force)
    conflict = find_conflict(request.actor, form, latest_wording(request.actor, language)) if form.is_valid() else None
    preview = None
    if form.is_valid() and conflict is None:
        if form.is_previewed and request.POST.get("act") == "publish":
            try:
                return _published(request, form, in_force)
            except consents.ConsentRefusedError as refusal:
                form.add_error(None, str(refusal))
        else:
            preview = _preview(request, form, all_of_them)
    context = {
        "form": form,
        "wordings": all_of_them,
        "in_force": in_force,
        "fallback": all_of_them.shown_to(language),
        "language": language,
        "language_name": language_name(language),
        "languages": language_rows(request.actor, all_of_them),
        "history": wording_history(request.actor),
        "conflict": conflict,
        "preview": preview,
    }
    status = 200 if preview else status_of(form, conflict)
    return render(request, "sessions/rule_sets/wording.html", context, status=status)


def _published(request: StaffRequest, form: WordingForm, in_force: Wording | None) -> HttpResponse:
    made = consents.change_wording(
        text=form.typed_text(),
        reason=form.cleaned_data["reason"],
        version=in_force.version if in_force else "",
        says_off_label=form.cleaned_data["says_off_label"],
        is_correction=form.is_correction,
        by=request.actor,
        now=timezone.now(),
    )
    if form.is_correction:
        words = _("Version %(version)s is in force. It corrects a slip: what was signed stands.")
    else:
        words = _("Version %(version)s is in force. Whoever is treated from now on signs it first.")
    messages.success(request, words % {"version": made.version})
    return redirect(f"{reverse('sessions:consent_wording')}?language={made.language}")


def _preview(request: StaffRequest, form: WordingForm, all_of_them: Wordings) -> WordingPreview | None:
    """None, and an error of the form, for what could not be put in force anyway."""
    text, before = form.typed_text(), all_of_them.current(form.language)
    if form.is_correction and before is not None:
        try:
            check_correction(consents.Text.of(before).whole, text.whole)
        except consents.ConsentRefusedError as refusal:
            form.add_error("kind", str(refusal))
            return None
    standing = [] if form.is_correction else all_of_them.standing(form.language)
    shown = Wording("", form.language, text.lines, text.guardian_lines, text.risk_lines)
    return WordingPreview(
        shown,
        compare(consents.Text.of(before).whole, text.whole) if before else [],
        patients_to_sign_again(request.actor, standing, now=timezone.now()) if standing else 0,
        form.is_correction,
        form.fingerprint,
    )


def _language(request: StaffRequest, all_of_them: Wordings) -> str:
    asked = request.GET.get("language") or all_of_them.shown_to(all_of_them.main).language
    if asked not in CODES:
        raise Http404
    return asked
