"""Keep what an instrument gave. An overall change has the course looked at again, for a stop rule asks for it."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from accounts.actors import Actor
from catalogue.models import InstrumentScale
from sessions.choices import Moment, Source
from sessions.models import Course, InjectionSession, Measure
from sessions.models.measures import OVERALL_CHANGE, PAIN_LINE
from sessions.queries.measures import questionnaire_of, scale
from sessions.scoring import score
from sessions.services import stop_rules


@transaction.atomic
def tell_change(
    *,
    change: int,
    source: Source,
    by: Actor,
    now: datetime,
    course: Course | None = None,
    injection_session: InjectionSession | None = None,
    moment: Moment = Moment.OTHER,
    language: str = "",
) -> Measure:
    """Keep the patient's global impression of change, 1 (very much better) to 7. Raises ``IntegrityError`` off it.

    What a patient told first after a session and moment stands. Locks the course while the rules look at it.
    """
    of = scale(OVERALL_CHANGE)
    about = _about(course, injection_session) | {"moment": moment, "source": source}
    try:
        with transaction.atomic():
            told = _keep(of, about, value=Decimal(change), language=language, by=by, now=now)
    except IntegrityError:
        same = Measure.objects.visible_to(by).filter(scale=of, **about)
        first = same.first() if source == Source.PORTAL else None
        if first is None:
            raise
        return first
    if told.course_id is not None:
        stop_rules.look_at(course_id=told.course_id, by=by, now=now)
    return told


@transaction.atomic
def take_back_change(*, injection_session: InjectionSession, moment: Moment, by: Actor, now: datetime) -> None:
    """Forget the overall change a patient told for this moment, before the check-in is final; the trail keeps it."""
    told = Measure.objects.visible_to(by).filter(
        injection_session=injection_session, scale=scale(OVERALL_CHANGE), moment=moment, source=Source.PORTAL
    )
    told.delete()
    if injection_session.course_id is not None:
        stop_rules.look_at(course_id=injection_session.course_id, by=by, now=now)


@transaction.atomic
def note_line(*, course: Course, length_mm: Decimal, by: Actor, now: datetime) -> Measure:
    """Keep a pain line in millimetres, 0 to 100 (V02). Raises ``IntegrityError`` off it."""
    return _keep(scale(PAIN_LINE), _about(course), value=length_mm, by=by, now=now)


@transaction.atomic
def note_answers(*, course: Course, code: str, items: Sequence[int | None], by: Actor, now: datetime) -> Measure:
    """Keep the answers of a questionnaire with their score, or without where they are too few (V28).

    Raises ``ScaleError`` for an answer off its scale.
    """
    of = scale(code)
    value = score(items, questionnaire_of(of))
    return _keep(of, _about(course), items=list(items), value=value, by=by, now=now)


def _about(course: Course | None, session: InjectionSession | None = None) -> dict[str, Any]:
    about = course or session
    if about is None:
        raise ValueError("A measure is about a course or a session.")
    course_id = course.pk if course else session and session.course_id
    return {"patient_id": about.patient_id, "course_id": course_id, "injection_session": session}


def _keep(of: InstrumentScale, about: dict[str, Any], *, by: Actor, now: datetime, **fields: Any) -> Measure:
    given = {"source": Source.CLINICIAN, **about, **fields, "measured_at": now, "received_at": now}
    return Measure.objects.create(clinic_id=by.clinic_id, scale=of, unit=of.unit, **given)
