"""The clinic's rules: what is in force, the default beside it, how it came about, and what waits for a clinician."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.conflicts import find_conflict, status_of
from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest
from catalogue.queries import plain_maximums
from sessions.forms.rule_sets import LEVELS, PARTS, RefusalForm, RuleSetForm
from sessions.models import RuleProposal, RuleSet
from sessions.queries.rule_sets import latest_rule_set, open_proposal, rule_history, rule_settings
from sessions.rules import RULES, Level
from sessions.rules.settings import LIMITS, Change
from sessions.services import rule_sets


@dataclass(frozen=True)
class ChangeWords:
    what: str
    before: str
    after: str
    is_weaker: bool


@dataclass(frozen=True)
class VersionRow:
    row: RuleSet
    changes: list[ChangeWords]


@dataclass(frozen=True)
class Waiting:
    """A change that waits for a clinician, and what it would change of what is in force."""

    row: RuleProposal
    changes: list[ChangeWords]


@staff(Act.CHANGE_SETTINGS, methods=("GET", "POST"), one_by_one=True)
def rules(request: StaffRequest) -> HttpResponse:
    row = latest_rule_set(request.actor.clinic_id)
    form = _form(request, request.POST if request.method == "POST" else None)
    conflict = find_conflict(request.actor, form, row) if form.is_valid() else None
    if form.is_valid() and conflict is None:
        act = rule_sets.ask if form.is_weaker else rule_sets.change
        try:
            made: Any = act(
                settings=form.settings(),
                reason=form.cleaned_data["reason"],
                version=row.version if row else 0,
                by=request.actor,
                now=timezone.now(),
            )
        except rule_sets.RuleSetRefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            return _done(request, made)
    context = {"form": form, "row": row, "conflict": conflict, **_shared(request)}
    return render(request, "sessions/rule_sets/rules.html", context, status=status_of(form, conflict))


def _done(request: StaffRequest, made: RuleSet | RuleProposal) -> HttpResponse:
    if isinstance(made, RuleSet):
        messages.success(request, _("Version %(number)s of the rules is in force.") % {"number": made.version})
    else:
        words = _("Nothing is changed yet: this weakens a rule, so a clinician has to agree. All clinicians are told.")
        messages.success(request, words)
    return redirect("sessions:rules")


@staff(Act.SEE_RULES)
def rules_in_force(request: StaffRequest) -> HttpResponse:
    """For whoever works under them: the rules as they stand, and their history."""
    return _in_force(request, RefusalForm())


@staff(Act.AGREE_TO_RULES, methods=("POST",))
def agree(request: StaffRequest, proposal_id: UUID) -> HttpResponse:
    asked = _proposal(request, proposal_id)
    try:
        made = rule_sets.agree(proposal_id=asked.pk, by=request.actor, now=timezone.now())
    except rule_sets.RuleSetRefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        words = _("You agreed: version %(number)s of the rules is in force, and all clinicians are told.")
        messages.success(request, words % {"number": made.version})
    return redirect("sessions:rules_in_force")


@staff(Act.REFUSE_RULES, methods=("POST",))
def refuse(request: StaffRequest, proposal_id: UUID) -> HttpResponse:
    """A clinician says no, or the admin takes it back."""
    asked, form = _proposal(request, proposal_id), RefusalForm(request.POST)
    if not form.is_valid():
        return _in_force(request, form, status=422)
    try:
        rule_sets.refuse(proposal_id=asked.pk, answer=form.cleaned_data["answer"], by=request.actor, now=timezone.now())
    except rule_sets.RuleSetRefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The change is refused. The rules stay as they are."))
    return redirect("sessions:rules_in_force")


def _proposal(request: StaffRequest, proposal_id: UUID) -> RuleProposal:
    return get_object_or_404(RuleProposal.objects.visible_to(request.actor), pk=proposal_id)


def _form(request: StaffRequest, data: Any = None) -> RuleSetForm:
    settings = rule_settings(request.actor.clinic_id)
    return RuleSetForm(data, settings=settings, anaesthetics=plain_maximums())


def _in_force(request: StaffRequest, refusal_form: RefusalForm, status: int = 200) -> HttpResponse:
    context = {
        "form": _form(request),
        "row": latest_rule_set(request.actor.clinic_id),
        "refusal_form": refusal_form,
        **_shared(request),
    }
    return render(request, "sessions/rule_sets/in_force.html", context, status=status)


def _shared(request: StaffRequest) -> dict[str, Any]:
    waiting = open_proposal(request.actor)
    return {
        "history": list(_history(request)),
        "waiting": Waiting(waiting.row, [_words(change) for change in waiting.changes]) if waiting else None,
    }


def _history(request: StaffRequest) -> Iterator[VersionRow]:
    for version in rule_history(request.actor):
        yield VersionRow(version.row, [_words(change) for change in version.changes])


def _words(change: Change) -> ChangeWords:
    kind, _dot, name = change.name.partition(".")
    before, after = change.before or "–", change.after or "–"
    if kind == "level":
        what = f"{RULES[name].id} · {RuleSetForm.sentence_of(name)}"
        return ChangeWords(what, str(LEVELS[Level(before)]), str(LEVELS[Level(after)]), change.is_weaker)
    if kind == "limit":
        return ChangeWords(str(_(LIMITS[name].label)), before, after, change.is_weaker)
    anaesthetic, _dot, part = name.partition(".")
    return ChangeWords(f"{anaesthetic}, {PARTS[part]}", before, after, change.is_weaker)
