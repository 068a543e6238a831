"""Scores of nerves and cycles, the observation and the discharge check: what the database and the forms refuse, keep
and sign."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.actors import Actor
from accounts.models import Clinic
from catalogue.models import Nerve
from catalogue.queries import nerves_for_choices
from scheduling.choices import VisitStatus
from sessions.choices import Moment, PointSide, Question
from sessions.drafts import Draft, ScoreRow
from sessions.forms.observations import ObservationForm
from sessions.forms.responses import ResponseForm
from sessions.models import InjectionSession, PainScore
from sessions.queries.chart import record_of
from sessions.queries.injection_sessions import draft_of, load
from sessions.queries.signatures import is_signature_broken
from sessions.services import injection_sessions as service
from sessions.views.injection_session_pages import SessionPage
from tests.factories.scheduling import AppointmentFactory
from tests.factories.sessions import PainScoreFactory
from tests.factories.treatments import SolutionLotFactory, a_draft, actor_of

NOW = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
LATER = NOW + timedelta(minutes=20)


@pytest.fixture
def session(in_clinic: Clinic) -> InjectionSession:
    visit = AppointmentFactory(clinic=in_clinic, status=VisitStatus.ARRIVED)
    return service.start(appointment=visit, by=actor_of(visit.clinician), now=NOW)


@pytest.fixture
def by(session: InjectionSession) -> Actor:
    return actor_of(session.clinician)


@pytest.fixture
def draft(session: InjectionSession) -> Draft:
    nerve = Nerve.objects.get(code="N054").pk
    own = {"nerve_id": nerve, "side": PointSide.LEFT}
    return a_draft(
        lot=SolutionLotFactory(clinic=session.clinic),
        scores=(
            ScoreRow(Question.REST, Moment.BEFORE, 8, NOW),
            ScoreRow(Question.REST, Moment.AFTER, 6, NOW + timedelta(minutes=5)),
            ScoreRow(Question.REST, Moment.AFTER, 2, NOW + timedelta(minutes=12), cycle=2),
            ScoreRow(Question.REST, Moment.OBSERVED, 3, NOW + timedelta(minutes=18), cycle=2),
            ScoreRow(Question.REST, Moment.BEFORE, 9, NOW, **own),
            ScoreRow(Question.REST, Moment.AFTER, 0, NOW + timedelta(minutes=5), **own),
        ),
        cycles_injected_at=(NOW + timedelta(minutes=2), NOW + timedelta(minutes=10)),
    )


@pytest.fixture
def saved(session: InjectionSession, draft: Draft, by: Actor) -> InjectionSession:
    """Consented and confirmed before the first needle."""
    return service.save_draft(injection_session=session, version=1, draft=draft, by=by, now=NOW)


def test_what_is_stored_comes_back_as_it_was_given(saved: InjectionSession, draft: Draft) -> None:
    found = draft_of(load(saved))
    assert set(found.scores) == set(draft.scores)
    assert replace(found, scores=(), consent=None) == replace(draft, scores=(), consent=None)


def test_the_curve_is_made_of_overall_scores_and_the_last_cycle_counts(saved: InjectionSession, by: Actor) -> None:
    service.sign(injection_session=saved, version=2, by=by, now=LATER)

    (line,) = record_of(by, saved.patient_id).all_lines().values()

    assert (line.scores.trough, line.scores.peak, line.scores.change_percent) == (8, 2, 75.0)


def test_the_record_tells_every_cycle_and_nerve_in_words(saved: InjectionSession, by: Actor) -> None:
    lines = SessionPage(saved, by, LATER).record.pain_lines
    assert [(line.asked, line.after_words, line.words) for line in lines] == [
        ("at rest", "6 (3 min) → 2 (2 min); in observation 3 (8 min)", "75 % less"),
        ("on the provoked movement", "", ""),
        ("Infrapatellar branch of saphenous, Left: at rest", "0 (3 min)", "100 % less"),
    ]


ATTACKS: dict[str, Callable[[InjectionSession], object]] = {
    "a nerve without a side": lambda s: _score(s, nerve=_nerve()),
    "a side without a nerve": lambda s: _score(s, side=PointSide.LEFT),
    "a nerve's score at home": lambda s: _score(s, nerve=_nerve(), side="left", moment=Moment.CHECK_24H),
    "before, a second time": lambda s: _score(s, moment=Moment.BEFORE, question=Question.PROVOKED, cycle=2),
    "cycle 0": lambda s: _score(s, question=Question.PROVOKED, cycle=0),
    "cycle 11": lambda s: _score(s, question=Question.PROVOKED, cycle=11),
    "an overall score twice": lambda s: _score(s, moment=Moment.BEFORE),
    "a nerve's score twice": lambda s: _score(s, moment=Moment.BEFORE, nerve=_nerve(), side="left"),
    "an end before the beginning": lambda s: _change(
        s, observation_minutes=15, observation_started_at=NOW, observation_ended_at=NOW - timedelta(seconds=1)
    ),
    "an end without a beginning": lambda s: _change(s, observation_ended_at=NOW),
    "no minutes": lambda s: _change(s, observation_minutes=0),
    "more than ten cycles": lambda s: _change(s, cycles_injected_at=[NOW] * 11),
    "a check nobody made": lambda s: _change(s, discharge_checked_at=None, discharge_checked_by=None),
}


def _nerve() -> Nerve:
    return Nerve.objects.get(code="N054")


def _score(session: InjectionSession, **changes: Any) -> PainScore:
    made: PainScore = PainScoreFactory(
        **{"clinic": session.clinic, "injection_session": session, "moment": Moment.AFTER, **changes}
    )
    return made


def _change(session: InjectionSession, **changes: Any) -> None:
    InjectionSession.objects.filter(pk=session.pk).update(version=session.version + 1, **changes)


@pytest.mark.parametrize("name", ATTACKS)
def test_the_database_refuses(name: str, saved: InjectionSession) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ATTACKS[name](saved)


def test_what_was_not_fine_is_signed_only_with_words(saved: InjectionSession) -> None:
    ends = {"signed_at": LATER, "signed_by": saved.clinician, "ended_at": LATER}
    not_fine = {"is_walking": False, "status": "signed", **ends}
    with pytest.raises(IntegrityError), transaction.atomic():
        _change(saved, **not_fine)
    _change(saved, discharge_note="Left in a wheelchair, as he came", **not_fine)


@pytest.mark.parametrize(
    "change", [{"is_walking": None}, {"observation_minutes": 9}, {"cycles_injected_at": None}, {"discharge_note": "x"}]
)
def test_nothing_of_it_changes_after_signing(change: dict[str, Any], saved: InjectionSession, by: Actor) -> None:
    signed = service.sign(injection_session=saved, version=2, by=by, now=LATER)
    with pytest.raises(DatabaseError), transaction.atomic():
        _change(signed, **change)


def test_a_score_in_observation_is_under_the_signature(saved: InjectionSession, by: Actor) -> None:
    signed = service.sign(injection_session=saved, version=2, by=by, now=LATER)
    own = signed.pain_scores.filter(moment=Moment.OBSERVED)
    with pytest.raises(DatabaseError), transaction.atomic():
        own.update(score=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sessions_content_hash(s) FROM pit_sessions_injectionsession s WHERE s.id = %s", [signed.pk]
        )
        assert cursor.fetchone() == (signed.content_sha256,)
    assert not is_signature_broken(signed.clinic_id, signed.pk)


def test_who_checked_and_when_moves_only_with_an_answer(saved: InjectionSession, draft: Draft, by: Actor) -> None:
    again = {"injection_session": saved, "by": by, "now": LATER + timedelta(hours=1)}
    service.save_draft(version=2, draft=replace(draft, note="more"), **again)  # type: ignore[arg-type]
    saved.refresh_from_db()
    assert (saved.discharge_checked_at, saved.discharge_checked_by_id) == (NOW, by.membership_id)


def test_the_observation_begins_once_moves_the_visit_and_ends(saved: InjectionSession, draft: Draft, by: Actor) -> None:
    begun = service.observe(injection_session=saved, version=2, draft=draft, minutes=15, by=by, now=LATER)
    assert (begun.observation_started_at, begun.observation_minutes) == (LATER, 15)
    begun.appointment.refresh_from_db()
    assert begun.appointment.status == VisitStatus.OBSERVATION

    running = draft_of(load(begun))
    ends = LATER + timedelta(minutes=15)
    ended = service.end_observation(injection_session=begun, version=3, draft=running, by=by, now=ends)
    assert ended.observation_ended_at == ends


def test_a_stale_page_does_not_move_the_visit(saved: InjectionSession, draft: Draft, by: Actor) -> None:
    with pytest.raises(service.SessionRefusedError):
        service.observe(injection_session=saved, version=1, draft=draft, minutes=15, by=by, now=LATER)
    saved.appointment.refresh_from_db()
    assert saved.appointment.status == VisitStatus.IN_ROOM


def response_form(by: Actor, stored: Draft, **typed: str) -> ResponseForm:
    nerves = {nerve.id: nerve for nerve in nerves_for_choices()}
    data = {f"response-{name}": value for name, value in typed.items()}
    return ResponseForm(
        data, stored=stored, nerves=nerves, zone=by.zone, day=NOW.date(), started_at=NOW, now=NOW + timedelta(hours=1)
    )


@pytest.mark.parametrize("typed", ["11", "-1", "2.5", "x"])
def test_a_nerve_takes_whole_numbers_from_0_to_10(typed: str, draft: Draft, by: Actor) -> None:
    form = response_form(by, draft, **{"N054-left-rest_after_1": typed})
    assert form.errors["N054-left-rest_after_1"] == ["A pain score is a whole number from 0 to 10."]


def test_an_unknown_nerve_or_side_is_nobodys_score(draft: Draft, by: Actor) -> None:
    form = response_form(by, replace(draft, scores=()), **{"N999-left-rest_after_1": "3", "N054-up-rest_after_1": "3"})
    assert form.is_valid(), form.errors
    assert list(form.scores({})) == []


def test_looking_at_the_page_changes_no_time(saved: InjectionSession, by: Actor) -> None:
    stored = draft_of(load(saved))
    shown = response_form(by, stored)
    data = {name: str(value) for name, value in shown.initial.items() if value is not None}
    again = response_form(by, stored, **data)
    assert again.is_valid(), again.errors
    times = {Moment.AFTER: None}
    kept = {row for row in stored.scores if row.nerve_id or (row.moment, row.cycle) != (Moment.AFTER, 1)}
    found = {row if row.measured_at else replace(row, measured_at=_time_of(row, stored)) for row in again.scores(times)}
    assert found == {row for row in kept if row.nerve_id or row.moment != Moment.BEFORE}
    assert again.injected_at() == stored.cycles_injected_at


def _time_of(row: ScoreRow, stored: Draft) -> datetime | None:
    """No time typed: the stored one stays."""
    return next(one.measured_at for one in stored.scores if one.key == row.key)


def test_minutes_of_an_observation_are_bounded(draft: Draft) -> None:
    form = ObservationForm({"observation-observation_minutes": "241"}, stored=draft, default_minutes=15)
    assert "observation_minutes" in form.errors
