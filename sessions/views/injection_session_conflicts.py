"""Two people in one draft: what each of them wrote, field by field, as their documents have it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from common.local_words import written_clock_words
from sessions.choices import Guidance, Moment, PointSide, Question, TimeOutItem
from sessions.document.records import Record, Time
from sessions.drafts import Draft
from sessions.forms.injection_sessions import SessionForms
from sessions.models import InjectionSession
from sessions.policies.injection_sessions import SessionRefusedError, VersionConflictError
from sessions.queries.signed_documents import record_of
from sessions.queries.words import Words
from sessions.services.draft_previews import record_of_draft
from sessions.views.injection_session_pages import SessionPage
from sessions.views.record_pages import PointLine, RecordPage, said


@dataclass(frozen=True)
class Difference:
    label: str
    yours: str
    theirs: str


def conflicting(page: SessionPage, data: QueryDict, rows: Sequence[Any]) -> tuple[SessionForms, dict[str, Any]]:
    """The page with both texts on it: nothing of it is saved until the person does."""
    data["version"], data["conflict"] = str(page.session.version), "1"
    data["opened"] = page.forms().session.initial["opened"]
    forms = page.forms(data)
    forms.is_valid()
    return forms, {"conflict": str(VersionConflictError()), "differences": rows}


def differences_to(typed: Draft, page: SessionPage) -> list[Difference]:
    """What was typed beside what is stored; nothing where what was typed could not be saved for another reason."""
    try:
        yours = record_of_draft(injection_session=page.session, draft=typed, by=page.actor, now=page.now)
    except SessionRefusedError:
        return []
    return differences(yours, record_of(page.session), page.words)


def differences(yours: Record, theirs: Record, words: Words) -> list[Difference]:
    """Only what differs; what both wrote alike is not repeated."""
    left, right = dict(_lines(yours, words)), dict(_lines(theirs, words))
    labels = list(dict.fromkeys([*left, *right]))
    rows = [Difference(label, left.get(label, ""), right.get(label, "")) for label in labels]
    return [row for row in rows if row.yours != row.theirs]


def _lines(record: Record, words: Words) -> Iterator[tuple[str, str]]:
    shown = RecordPage(record, words.atlas, record.started.at)
    yield _("Course"), shown.course
    yield _("Preparation"), record.tray.code if record.tray else ""
    yield _label("guidance"), said(Guidance, record.guidance)
    for name in ("needle_gauge", "needle_length_mm", "provoked_movement", "amount_drawn_ml", "sharps_out", "sharps_in"):
        yield _label(name), _said(getattr(record, name))
    yield _label("note"), record.note
    yield _label("no_after_score_reason"), record.no_after_score_reason
    yield _label("consent"), record.consent.signed_name if record.consent else ""
    for row in shown.points:
        yield _("Point %(number)s") % {"number": row.point.number}, _point(row, words)
    yield from _response(record)
    for number, time_out in enumerate(record.time_outs, start=1):
        ticked = [str(TimeOutItem(item).label) for item in TimeOutItem.values if item in time_out.items]
        yield _("Time-out confirmed") + (f" {number}" if number > 1 else ""), ", ".join(ticked)
    for answer in record.screening:
        yield answer.name, " ".join(filter(None, [_said(answer.is_yes), answer.detail]))
    for override, reason in shown.overrides:
        yield f"{override.rule} {override.sentence}", reason


def _response(record: Record) -> Iterator[tuple[str, str]]:
    for score in record.scores:
        place = f"{score.nerve.name}, {said(PointSide, score.side)}" if score.nerve else ""
        parts = [place, said(Question, score.question), said(Moment, score.moment)]
        parts += [_("cycle %(number)s") % {"number": score.cycle}] if score.cycle > 1 else []
        yield ", ".join(filter(None, parts)), str(score.score)
    for number, injected in enumerate(record.cycles, start=1):
        yield _("Last injection, cycle %(number)s") % {"number": number}, _said(injected)
    yield _label("first_injected_at"), _said(record.first_injected)
    yield _label("ended_at"), _said(record.ended)
    watched, left = record.observation, record.discharge
    yield _label("observation_minutes"), _said(watched.minutes)
    yield _label("observation_started_at"), _said(watched.started)
    yield _label("observation_ended_at"), _said(watched.ended)
    for name in ("is_walking", "is_free_of_dizziness", "has_dry_sites"):
        yield _label(name), _said(getattr(left, name))
    yield _("Discharge note"), left.note


def _label(name: str) -> str:
    return str(getattr(InjectionSession._meta.get_field(name), "verbose_name", name))


def _said(value: Any) -> str:
    """Times as the clinic's clock had them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return written_clock_words(value.local) if isinstance(value, Time) else str(value)


def _point(row: PointLine, words: Words) -> str:
    point = row.point
    given = [point.nerve.name, row.side, f"{point.volume_ml.normalize():f} mL", point.solution.name]
    given += [point.preparation.code] if point.preparation else []
    given += [point.lot.number] if point.lot else []
    if point.cycle is not None:
        given.append(_("cycle %(number)s") % {"number": point.cycle})
    if point.place is not None:
        figure = words.figures.get(point.place.figure)
        given.append(f"{figure.name if figure else point.place.figure} ({point.place.x}, {point.place.y})")
    return ", ".join(given)
