"""The rows of a draft: written so that only what changed is touched, and the audit trail stays readable."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from patients.models import PatientCondition
from sessions.choices import ConsentSigner, Source, TimeOutItem
from sessions.drafts import (
    CONSENT,
    DISCHARGE,
    DISCHARGE_FIELDS,
    OBSERVATION_FIELDS,
    SCREENING,
    TIME_OUT,
    ConsentRow,
    Draft,
    PointRow,
)
from sessions.models import (
    Consent,
    Course,
    InjectionPoint,
    InjectionSession,
    PainScore,
    RuleOverride,
    ScreeningAnswer,
    TimeOut,
)
from sessions.override_reasons import is_something, join, split
from sessions.policies.injection_sessions import (
    PreparationRefusedError,
    SessionRefusedError,
    author_of,
    problem_of_paper,
)
from sessions.policies.preparations import words_of
from sessions.queries.consent_wordings import wording_of_version
from sessions.queries.injection_sessions import Loaded, load, point_row, score_row
from sessions.queries.session_consents import scope_of
from sessions.queries.session_times import times_of
from sessions.rules import Finding
from sessions.rules.consents import RISKS, solution_class
from sessions.rules.facts import Solution
from sessions.services import courses
from sessions.signatures import from_json

_POINT_FIELDS = tuple(PointRow.__dataclass_fields__)


def author(by: Actor) -> UUID:
    """The member who stands behind a clinical row: the machine never does."""
    return author_of(by)


def choose_course(session: InjectionSession, draft: Draft, *, by: Actor, now: datetime) -> Course | None:
    """The chosen course of this very patient, or a new one for a condition of theirs."""
    if draft.course_id is not None and draft.course_id == session.course_id:
        chosen: Course | None = session.course
        return chosen
    if draft.course_id is not None:
        found = Course.objects.visible_to(by).filter(pk=draft.course_id, patient_id=session.patient_id).first()
        if found is None:
            raise SessionRefusedError(_("This course is another patient’s."))
        return found
    if draft.open_for_condition_id is None:
        return None
    own = PatientCondition.objects.visible_to(by).filter(patient_id=session.patient_id)
    condition = own.filter(pk=draft.open_for_condition_id).first()
    if condition is None:
        raise SessionRefusedError(_("This condition is another patient’s."))
    return courses.open_course(patient_condition=condition, by=by, now=now)


def save_rows(loaded: Loaded, draft: Draft, *, by: Actor, now: datetime) -> Loaded:
    """The rows as the draft has them; read again only where one was written."""
    has_changed = [
        save_points(loaded, draft.points),
        save_answers(loaded, named_answers(loaded, draft), now=now),
        save_scores(loaded, draft, now=now),
    ]
    save_observation(loaded.session, draft, by=by, now=now)
    has_changed.append((loaded.tray.id if loaded.tray else None) != loaded.session.preparation_id)
    # A new one even so: what was worked out from the rows may hang on the session itself.
    return load(loaded.session, loaded.words, loaded.background) if any(has_changed) else replace(loaded)


def save_points(loaded: Loaded, rows: Iterable[PointRow]) -> bool:
    """Numbers follow the order of the rows; a row that did not change is not written again.

    Raises ``PreparationRefusedError`` where the database refuses a lot or preparation, as when two sessions at once
    take one single-dose container.
    """
    rows = list(rows)
    if rows == [point_row(point) for point in loaded.points]:
        return False
    with in_words():
        return _write_points(loaded, rows)


@contextmanager
def in_words() -> Iterator[None]:
    """What the database refuses of a lot or preparation, as a sentence."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        words = words_of(error)
        if words is None:
            raise
        raise PreparationRefusedError(words) from error


def _write_points(loaded: Loaded, rows: Iterable[PointRow]) -> bool:
    session, has_changed = loaded.session, False
    stored = {point.number: point for point in loaded.points}
    for number, row in enumerate(rows, start=1):
        point = stored.pop(number, None) or InjectionPoint(
            clinic_id=session.clinic_id, injection_session=session, number=number
        )
        changed = [name for name in _POINT_FIELDS if getattr(point, name) != getattr(row, name)]
        for name in changed:
            setattr(point, name, getattr(row, name))
        if changed or point._state.adding:
            point.save()
            has_changed = True
    if stored:
        session.points.filter(number__in=stored).delete()
    return has_changed or bool(stored)


def named_answers(loaded: Loaded, draft: Draft) -> Draft:
    """A yes that says no more than the register says what stands there: a record that only says "Allergy: yes" names
    nothing."""
    answers = draft.answers
    if not any(is_yes and not detail.strip() for is_yes, detail in answers.values()):
        return draft
    on_file = {item: one.words[:300] for item, one in loaded.background.known.items() if one.is_yes}
    named = {
        item: (is_yes, detail if detail.strip() or not is_yes else on_file.get(item, ""))
        for item, (is_yes, detail) in answers.items()
    }
    return replace(draft, answers=named)


def save_answers(loaded: Loaded, draft: Draft, *, now: datetime) -> bool:
    """Answers hold for the day they were given: ``screened_at`` moves only when one is given or changed."""
    session, has_changed = loaded.session, False
    stored = {answer.item: answer for answer in loaded.answers}
    for item, (is_yes, detail) in draft.answers.items():
        answer = stored.pop(item, None) or ScreeningAnswer(
            clinic_id=session.clinic_id, injection_session=session, item=item
        )
        if answer._state.adding or (answer.is_yes, answer.detail) != (is_yes, detail):
            answer.is_yes, answer.detail = is_yes, detail
            answer.save()
            has_changed = True
    if stored:
        session.screening_answers.filter(item__in=stored).delete()
        has_changed = True
    if has_changed:
        session.screened_at = draft.done_at(SCREENING, since=page_of(session), now=now)
    return has_changed


def save_scores(loaded: Loaded, draft: Draft, *, now: datetime) -> bool:
    """Only the clinician's own scores on the table; the patient's are never touched."""
    session, has_changed = loaded.session, False
    stored = {score_row(score).key: score for score in loaded.scores}
    for row in draft.scores:
        score = stored.pop(row.key, None) or PainScore(
            clinic_id=session.clinic_id,
            patient_id=session.patient_id,
            injection_session=session,
            moment=row.moment,
            question=row.question,
            cycle=row.cycle,
            nerve_id=row.nerve_id,
            side=row.side,
            source=Source.CLINICIAN,
            measured_at=draft.done_at(row.key, since=page_of(session), now=now),
            received_at=now,
        )
        measured_at = row.measured_at or score.measured_at
        if score._state.adding or (score.score, score.measured_at) != (row.score, measured_at):
            score.score, score.measured_at = row.score, measured_at
            score.save()
            has_changed = True
    if stored:
        PainScore.objects.filter(pk__in=[score.pk for score in stored.values()]).delete()
    return has_changed or bool(stored)


def save_observation(session: InjectionSession, draft: Draft, *, by: Actor, now: datetime) -> None:
    """The cycles' times, the observation and the discharge check; who checked and when moves only with an answer."""
    for name in OBSERVATION_FIELDS:
        setattr(session, name, getattr(draft, name))
    session.cycles_injected_at = list(draft.cycles_injected_at) if any(draft.cycles_injected_at) else None
    answers = [getattr(draft, name) for name in DISCHARGE_FIELDS]
    note = draft.discharge_note.strip() or None
    if (answers, note) != ([getattr(session, name) for name in DISCHARGE_FIELDS], session.discharge_note):
        is_checked = any(answer is not None for answer in answers)
        checked_at = draft.done_at(DISCHARGE, since=page_of(session), now=now)
        session.discharge_checked_at = checked_at if is_checked else None
        session.discharge_checked_by_id = author(by) if is_checked else None
    for name, answer in zip(DISCHARGE_FIELDS, answers, strict=True):
        setattr(session, name, answer)
    session.discharge_note = note


def keep_times(loaded: Loaded, draft: Draft, *, time_outs: list[TimeOut], by: Actor, now: datetime) -> Loaded:
    """The first injection and the end, from what is stored now; what hung on them before is worked out again.

    Who states the first injection otherwise than before is kept with it.
    """
    times, session = times_of(loaded, draft, time_outs=time_outs, now=now), loaded.session
    times.write_to(session)
    if times.is_restated:
        session.first_restated_at, session.first_restated_by_id = now, author(by)
    elif times.first_stated_at is None:
        session.first_restated_at = session.first_restated_by = None
    fresh = replace(loaded)
    fresh.__dict__["time_outs"] = time_outs
    return fresh


def page_of(session: InjectionSession) -> datetime:
    """When its page was begun: nothing was tapped there before."""
    begun_at: datetime = session.begun_at or session.started_at
    return begun_at


def consented_at(session: InjectionSession, draft: Draft, ticked: frozenset[str], *, now: datetime) -> datetime:
    """With the tick of a time-out that confirms it now, else by what is saved; ``ticked`` was confirmed before."""
    is_confirmed = draft.time_out is not None and TimeOutItem.CONSENT in draft.time_out.items - ticked
    return draft.done_at(TIME_OUT, CONSENT, since=page_of(session), now=now) if is_confirmed else now


def save_consent(
    loaded: Loaded, row: ConsentRow | None, *, given_at: datetime, by: Actor, now: datetime
) -> Consent | None:
    """A new consent for exactly what was read; an old one is never changed, nor given twice by one page.

    One on paper was given when that is stated, and not later than ``now``.
    """
    if row is None or not row.signed_name.strip():
        return None
    session, scope = loaded.session, scope_of(loaded)
    if _is_given(loaded, row):
        return None
    wording = wording_of_version(session.clinic_id, row.wording_version or loaded.wording.version)
    if wording is None:
        raise SessionRefusedError(_("These words of consent are not known: read them together again."))
    if scope.needs_guardian and row.signed_as != ConsentSigner.GUARDIAN:
        raise SessionRefusedError(_("A minor needs a parent or guardian to consent."))
    if problem := problem_of_paper(row.on_paper_at, is_drawn=row.signature is not None, now=now):
        raise SessionRefusedError(problem)
    named = _solutions_read(loaded, row)
    risks = sorted(scope.risk_flags if row.risks_shown is None else row.risks_shown & RISKS)
    return Consent.objects.create(
        clinic_id=session.clinic_id,
        patient_id=session.patient_id,
        course_id=session.course_id,
        technique_id=session.technique_id,
        solution_classes=sorted({solution_class(one) for one in named}),
        risk_flags=risks,
        wording_version=wording.version,
        wording_id=wording.row_id,
        words=wording.said_to(
            session.patient, signer=row.signed_as, risks=risks, solutions=[one.name for one in named]
        ),
        language=wording.language,
        interpreter_name=row.interpreter_name.strip(),
        signature=row.signature,
        signed_name=row.signed_name.strip(),
        signed_as=row.signed_as,
        given_at=row.on_paper_at or given_at,
        stated_at=now if row.on_paper_at else None,
        taken_by_id=author(by),
    )


def _solutions_read(loaded: Loaded, row: ConsentRow) -> list[Solution]:
    """Those the words named: what nobody read is not consented to."""
    if row.solutions_shown is None:
        codes = {point.solution.code for point in loaded.point_facts}
    else:
        codes = set(row.solutions_shown)
    return [one for one in loaded.words.solutions.values() if one.code in codes]


def _is_given(loaded: Loaded, row: ConsentRow) -> bool:
    """The consent of this very session says the same and covers what is needed: the page still shows its fields."""
    given, scope = loaded.session.consent, scope_of(loaded)
    if given is None or given.withdrawn_at is not None:
        return False
    drawn = None if given.signature is None else from_json(given.signature)
    on_paper_at = given.given_at if given.stated_at else None
    said = (given.signed_name, given.signed_as, given.interpreter_name, drawn, on_paper_at, given.wording_version)
    covers = scope.solution_classes <= set(given.solution_classes) and scope.risk_flags <= set(given.risk_flags)
    typed = (row.signed_name.strip(), row.signed_as, row.interpreter_name.strip(), row.signature, row.on_paper_at)
    is_alike = said == (*typed, row.wording_version or loaded.wording.version)
    is_for = (given.course_id, given.technique_id) == (loaded.session.course_id, loaded.session.technique_id)
    return is_alike and covers and is_for


def reasons_of(session: InjectionSession) -> dict[str, str]:
    """The reasons already given, by the key of their finding."""
    return {f"{row.rule}:{row.subject}": join(row.reason_code, row.reason) for row in session.overrides.all()}


def save_reasons(
    session: InjectionSession,
    found: Iterable[Finding],
    reasons: dict[str, str],
    *,
    by: Actor,
    now: datetime,
    stored: Iterable[RuleOverride] | None = None,
) -> None:
    """Keep a reason only beside the finding it answers: when a figure changes, it is asked again."""
    left = {(row.rule, row.subject): row for row in (session.overrides.all() if stored is None else stored)}
    for finding in found:
        reason = reasons.get(finding.key, "")
        if not (finding.is_answerable and is_something(reason)):
            continue
        code, words = split(reason)
        row = left.pop((finding.rule.id, finding.subject), None)
        if row is not None and (row.reason_code or code, row.reason) == (code, words):
            continue
        RuleOverride.objects.update_or_create(
            clinic_id=session.clinic_id,
            injection_session=session,
            rule=finding.rule.id,
            subject=finding.subject,
            defaults={
                "sentence": finding.english[:300],
                "reason": words,
                "reason_code": code,
                "overridden_by_id": author(by),
                "overridden_at": now,
            },
        )
    if left:
        session.overrides.filter(pk__in=[row.pk for row in left.values()]).delete()
