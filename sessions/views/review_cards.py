"""The review card before the session, and “repeat last” inside it."""

import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw
from common.charts import LineChart
from common.query_strings import read_query
from common.wall_clock import day_bounds, local_day
from patients.queries.banners import banner
from sessions.drafts import Draft, PointRow
from sessions.forms.injection_points import AT_MOST, Tray, typed_row
from sessions.forms.review_cards import CardQuery, chosen_course
from sessions.policies.injection_sessions import STARTABLE
from sessions.queries import chart_trends
from sessions.queries.copy_forward import OnTray, Repeat, Suggestion, repeat_of
from sessions.queries.courses import open_courses
from sessions.queries.review_cards import ReviewCard, card_of, drafts_of, visits_to_start
from sessions.views.injection_session_pages import SessionPage, get_session


@dataclass
class CardPart:
    """The card at the top of a session's page. Everything is read when it is first asked for."""

    page: SessionPage
    # The course as it is chosen on the page ("" for none); None: the one that is stored.
    course: str | None = None

    @cached_property
    def card(self) -> ReviewCard:
        session = self.page.session
        return card_of(
            self.page.actor,
            session.patient_id,
            session.course_id if self.course is None else chosen_course(self.course),
            before=session.started_at,
            course=session.course if self.course is None else None,
        )

    @cached_property
    def repeat(self) -> Repeat:
        return self.repeat_beside(self.page.stored)

    def repeat_beside(self, draft: Draft) -> Repeat:
        """What can be suggested beside the points drafted so far, from the tray that is chosen there."""
        choices = self.page.choices
        return repeat_of(
            self.card.points,
            nerves={nerve.id: nerve for nerve in choices.nerves},
            solutions={row.pk for row in choices.solutions},
            point_types={row.pk for row in choices.point_types},
            tray=_on_tray(choices.tray(draft.preparation_id)),
            now_drafted=draft.points,
        )

    @property
    def offered(self) -> list[tuple[Suggestion, str]]:
        """Each suggestion with its row as the form would hold it, for the script."""
        labels = {nerve.id: nerve.label for nerve in self.page.choices.nerves}
        return [(one, _as_json(typed_row(one.row, labels))) for one in self.repeat.suggestions]

    @property
    def chart(self) -> LineChart:
        return chart_trends.small(self.card.lines, self.card.question)

    def with_repeated(self, draft: Draft, which: str) -> Draft:
        """The draft as typed and the points chosen from the last session: all that are not used yet, or one by id."""
        rows = [one.row for one in self.repeat_beside(draft).chosen(which)]
        return replace(draft, points=(*draft.points, *rows)[:AT_MOST])

    def with_tray(self, draft: Draft) -> Draft:
        """A tray chosen anew is given to every point of its solution that names no bottle, as the script does."""
        tray = _on_tray(self.page.choices.tray(draft.preparation_id))
        if tray is None or draft.preparation_id == self.page.stored.preparation_id:
            return draft
        return replace(draft, points=tuple(_given(row, tray) for row in draft.points))


def _on_tray(tray: Tray | None) -> OnTray | None:
    if tray is None:
        return None
    made, lot = tray.row.made, tray.row.lot
    return OnTray(made.solution_id, made.pk, lot.pk if lot else None, made.code)


def _given(row: PointRow, tray: OnTray) -> PointRow:
    if row.lot_id or row.preparation_id or row.solution_id != tray.solution_id:
        return row
    return replace(row, lot_id=tray.lot_id, preparation_id=tray.preparation_id)


def _as_json(values: dict[str, Any]) -> str:
    return json.dumps({name: "" if value is None else str(value) for name, value in values.items()})


@staff(Act.LOG_SESSIONS)
def session_review_card(request: StaffRequest, session_id: UUID) -> HttpResponse:
    """The card of the course that is chosen on the session's page, before anything is saved."""
    query = read_query(CardQuery, request)
    session = get_session(request.actor, session_id)
    review = CardPart(SessionPage(session, request.actor, timezone.now()), query.cleaned_data["course"])
    saw(request, "pit_sessions_injectionsession", row_id=session.pk, patient_id=session.patient_id)
    context = {"review": review, "card": review.card, "chart": review.chart, "banner": review.page.banner}
    return render(request, "sessions/review_cards/card.html", context)


@staff(Act.SEE_CHART)
def review_card(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """The same card on a page of its own: the open course of the patient, before any session of today."""
    actor, now = request.actor, timezone.now()
    today = local_day(now, actor.zone)
    shown = banner(actor, patient_id, today=today)
    if shown is None:
        raise Http404
    open_now = open_courses(actor, patient_id)
    card = card_of(actor, patient_id, open_now[0].id if open_now else None, before=now)
    saw(request, "patients_patient", row_id=patient_id, patient_id=patient_id)
    context = {
        "banner": shown,
        "card": card,
        "chart": chart_trends.small(card.lines, card.question),
        "patient_id": patient_id,
        "drafts": drafts_of(actor, patient_id),
        "to_start": visits_to_start(actor, patient_id, day_bounds(today, actor.zone), STARTABLE),
    }
    return render(request, "sessions/review_cards/page.html", context)
