"""A point's place on the nerve map: whole, inside its figure, on the half of its side, kept, shown and signed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Clinic
from scheduling.choices import VisitStatus
from sessions.forms.injection_points import point_formset
from sessions.models import InjectionPoint, InjectionSession
from sessions.queries.injection_sessions import draft_of, load
from sessions.services import injection_sessions as service
from sessions.views.injection_session_conflicts import differences_to
from sessions.views.injection_session_pages import SessionPage
from sessions.views.nerve_map_pages import MapPage
from tests.factories.scheduling import AppointmentFactory
from tests.factories.treatments import SolutionLotFactory, a_draft, actor_of

NOW = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
# The left knee is in the right half of the picture.
ON_THE_LEFT_KNEE = {"figure_id": "knee-front-v1", "x": 444, "y": 300}


@pytest.fixture
def session(in_clinic: Clinic) -> InjectionSession:
    visit = AppointmentFactory(clinic=in_clinic, status=VisitStatus.ARRIVED)
    return service.start(appointment=visit, by=actor_of(visit.clinician), now=NOW)


def draft_with(clinic: Clinic, **place: object):
    draft = a_draft(lot=SolutionLotFactory(clinic=clinic))
    return replace(draft, points=(replace(draft.points[0], side="left", **place),))


@pytest.fixture
def saved(session: InjectionSession) -> InjectionSession:
    by, draft = actor_of(session.clinician), draft_with(session.clinic, **ON_THE_LEFT_KNEE)
    return service.save_draft(injection_session=session, version=1, draft=draft, by=by, now=NOW)


def test_a_place_is_kept_and_read_back(saved):
    (row,) = draft_of(load(saved)).points
    assert (row.figure_id, row.x, row.y) == ("knee-front-v1", 444, 300)


@pytest.mark.parametrize(
    "change",
    [
        {"x": None},
        {"y": None},
        {"figure_id": None},
        {"x": 1001},
        {"x": 641},
        {"y": 471},
        {"x": 100},
        {"side": "right"},
    ],
    ids=["no x", "no y", "no figure", "no figure is so wide", "beside", "below", "other half", "other side"],
)
def test_the_database_refuses_a_place_that_cannot_be(saved, change):
    point = saved.points.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        InjectionPoint.objects.filter(pk=point.pk).update(**change)


@contextmanager
def asked_at_once() -> Iterator[None]:
    """A foreign key is otherwise asked at the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    yield


def test_the_database_knows_no_figure_that_is_not_drawn(saved):
    point = saved.points.get()
    point.figure_id = "tail-v1"
    with pytest.raises(IntegrityError), transaction.atomic(), asked_at_once():
        point.save()


def test_both_sides_and_the_midline_have_their_places(saved):
    point = saved.points.get()
    for side, x in (("left", 600), ("right", 40), ("midline", 320), ("left", 318), ("right", 322)):
        InjectionPoint.objects.filter(pk=point.pk).update(side=side, x=x)
    assert saved.points.get().x == 322


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (("knee-front-v1", "100", "300"), "other side"),
        (("knee-front-v1", "444", ""), "on no figure"),
        (("knee-front-v1", "700", "300"), "on no figure"),
        (("knee-front-v1", "x", "300"), "on no figure"),
        (("tail-v1", "1", "1"), "on no figure"),
        (("", "444", "300"), "on no figure"),
    ],
)
def test_the_form_says_kindly_why_a_place_cannot_be(session, choices, place, words):
    form = bound(choices, place)
    assert words in str(form.errors["figure"])


def test_a_point_needs_no_place(session, choices):
    assert bound(choices, ("", "", "")).is_valid()


@pytest.fixture
def choices(in_clinic: Clinic, session: InjectionSession):
    return SessionPage(session, actor_of(session.clinician), NOW).choices


def bound(choices, place):
    figure, x, y = place
    data = {
        "points-TOTAL_FORMS": "1",
        "points-INITIAL_FORMS": "0",
        "points-0-nerve": "N054",
        "points-0-side": "left",
        "points-0-volume_ml": "0.5",
        "points-0-depth": "subcutaneous",
        "points-0-solution": choices.default_solution,
        "points-0-figure": figure,
        "points-0-x": x,
        "points-0-y": y,
    }
    formset = point_formset(data, choices=choices, rows=())
    formset.is_valid()
    return formset.forms[0]


def test_two_people_see_where_each_of_them_put_the_point(saved):
    theirs = draft_of(load(saved))
    mine = replace(theirs, points=(replace(theirs.points[0], x=460),))
    (row,) = differences_to(mine, SessionPage(saved, actor_of(saved.clinician), NOW))
    assert "Knee, front (460, 300)" in row.yours
    assert "Knee, front (444, 300)" in row.theirs
    saved.refresh_from_db()
    assert draft_of(load(saved)) == theirs


def content_hash(session: InjectionSession) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sessions_content_hash(s) FROM pit_sessions_injectionsession s WHERE s.id = %s", [session.pk]
        )
        return str(cursor.fetchone()[0])


def test_the_signature_covers_the_place(saved):
    before = content_hash(saved)
    InjectionPoint.objects.filter(injection_session=saved).update(x=445)
    assert content_hash(saved) != before


def test_the_record_shows_the_map_with_the_point(saved):
    (one,) = MapPage(load(saved)).drawn.maps
    assert one.figure.code == "knee-front-v1"
    assert 'cx="444" cy="300"' in one.svg
    assert [spot.mark.words.split(", ")[1] for spot in one.spots] == ["Left"]
