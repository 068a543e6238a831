"""The clinic's rules: what is in force, the default beside it, and how it came about."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.conflicts import find_conflict, status_of
from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest
from catalogue.queries import plain_maximums
from sessions.forms.rule_sets import LEVELS, PARTS, RuleSetForm
from sessions.models import RuleSet
from sessions.queries.rule_sets import latest_rule_set, rule_history, rule_settings
from sessions.rules import RULES, Level
from sessions.rules.settings import LIMITS, Change
from sessions.services import rule_sets


@dataclass(frozen=True)
class ChangeWords:
    what: str
    before: str
    after: str
    is_weaker_stop: bool


@dataclass(frozen=True)
class VersionRow:
    row: RuleSet
    changes: list[ChangeWords]


@staff(Act.CHANGE_SETTINGS, methods=("GET", "POST"), one_by_one=True)
def rules(request: StaffRequest) -> HttpResponse:
    row = latest_rule_set(request.actor.clinic_id)
    form = RuleSetForm(
        request.POST if request.method == "POST" else None,
        settings=rule_settings(request.actor.clinic_id),
        anaesthetics=plain_maximums(),
    )
    conflict = find_conflict(request.actor, form, row) if form.is_valid() else None
    if form.is_valid() and conflict is None:
        try:
            made = rule_sets.change(
                settings=form.settings(),
                reason=form.cleaned_data["reason"],
                version=row.version if row else 0,
                confirms_weaker=form.cleaned_data["confirms_weaker"],
                by=request.actor,
                now=timezone.now(),
            )
        except rule_sets.RuleSetRefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Version %(number)s of the rules is in force.") % {"number": made.version})
            return redirect("sessions:rules")
    context = {"form": form, "row": row, "history": list(_history(request)), "conflict": conflict}
    return render(request, "sessions/rule_sets/rules.html", context, status=status_of(form, conflict))


def _history(request: StaffRequest) -> Iterator[VersionRow]:
    for version in rule_history(request.actor):
        yield VersionRow(version.row, [_words(change) for change in version.changes])


def _words(change: Change) -> ChangeWords:
    kind, _dot, name = change.name.partition(".")
    before, after = change.before or "–", change.after or "–"
    if kind == "level":
        what = f"{RULES[name].id} · {RuleSetForm.sentence_of(name)}"
        return ChangeWords(what, str(LEVELS[Level(before)]), str(LEVELS[Level(after)]), change.is_weaker_stop)
    if kind == "limit":
        return ChangeWords(str(_(LIMITS[name].label)), before, after, False)
    anaesthetic, _dot, part = name.partition(".")
    return ChangeWords(f"{anaesthetic}, {PARTS[part]}", before, after, False)
