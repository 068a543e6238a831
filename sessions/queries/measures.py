"""What instruments gave in a course, and which questionnaires can be entered by number."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from accounts.actors import Actor
from catalogue.models import InstrumentScale
from common.wall_clock import local_day
from sessions.choices import OverallChange, Source, moment_of
from sessions.models import Course, InjectionSession, Measure
from sessions.models.measures import OVERALL_CHANGE
from sessions.scoring import FORMULAS, Questionnaire

SHOWN_AT_MOST = 100


def scale(code: str) -> InstrumentScale:
    return InstrumentScale.objects.select_related("instrument").get(code=code)


def questionnaire_of(of: InstrumentScale) -> Questionnaire:
    """The scale as the arithmetic takes it. Raises ``ValueError`` for one that cannot be worked out item by item."""
    if of.formula_key not in FORMULAS or of.item_count is None or of.min_score is None or of.max_score is None:
        raise ValueError(f"{of.code} is not worked out from its items here.")
    return Questionnaire(
        formula=of.formula_key,
        low=of.min_score,
        high=of.max_score,
        item_count=of.item_count,
        min_answered=of.min_answered,
    )


def questionnaires() -> list[InstrumentScale]:
    """Those of several items whose score is worked out here; numbers alone are entered, whatever the licence."""
    rows = InstrumentScale.objects.current().filter(
        formula_key__in=FORMULAS, item_count__gt=1, min_score__isnull=False, max_score__isnull=False
    )
    return list(rows.select_related("instrument").order_by("instrument__name", "name"))


@dataclass(frozen=True)
class MeasureLine:
    """One measure ready to read. ``words`` say an overall change; ``answered`` counts the items of a questionnaire."""

    measure: Measure
    words: str

    @property
    def answered(self) -> int:
        return sum(item is not None for item in self.measure.items or [])

    @property
    def at_least(self) -> int:
        of = self.measure.scale
        return of.min_answered or of.item_count or 0


def measures_of(actor: Actor, course_id: UUID) -> list[MeasureLine]:
    """What was measured in a course, the newest first. One query."""
    rows = Measure.objects.visible_to(actor).filter(course_id=course_id).select_related("scale__instrument")
    return [MeasureLine(row, words_of(row)) for row in rows.order_by("-measured_at", "-id")[:SHOWN_AT_MOST]]


def words_of(measure: Measure) -> str:
    if measure.scale.code != OVERALL_CHANGE or measure.value is None:
        return ""
    return str(OverallChange(int(measure.value)).label)


@dataclass(frozen=True)
class Change:
    """The latest overall change of a course: 1 (very much better) to 7, its day at the clinic and who said it."""

    change: int
    day: date
    source: str


def latest_change(course: Course) -> Change | None:
    """One query. Whoever wrote it down, the patient's latest word counts; the earlier ones stay beside it."""
    rows = Measure.objects.filter(clinic_id=course.clinic_id, course_id=course.pk).select_related("clinic")
    last = rows.overall_changes().last()
    if last is None or last.value is None:
        return None
    return Change(int(last.value), local_day(last.measured_at, ZoneInfo(last.clinic.zone)), last.source)


def told_overall_change(by: Actor, session: InjectionSession, *, step: str) -> int | None:
    """The overall change (1 to 7) a patient told at a step after the session, or None."""
    told = Measure.objects.visible_to(by).overall_changes().filter(injection_session=session, source=Source.PORTAL)
    value = told.filter(moment=moment_of(step)).values_list("value", flat=True).last()
    return None if value is None else int(value)
