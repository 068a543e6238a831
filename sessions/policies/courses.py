"""What may be done with a course in its state; each refusal is a sentence fit for the screen."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from patients.models import Patient
from sessions.choices import EndReason
from sessions.models import Course
from sessions.models.courses import GOALS_AT_MOST


class CourseRefusedError(Exception):
    """This cannot be done in this state; the text says why."""


class CourseChangedError(CourseRefusedError):
    """Somebody else saved this course after it was read; nothing was overwritten."""

    def __init__(self) -> None:
        super().__init__(_("Somebody else changed this course after you opened it. Nothing was overwritten."))


def check_can_change(course: Course, *, version: int) -> None:
    if course.version != version:
        raise CourseChangedError
    if course.status != Course.Status.OPEN:
        raise CourseRefusedError(_("This course has ended. Open it again to change it."))


def check_can_open(patient: Patient) -> None:
    if patient.departure is not None:
        raise CourseRefusedError(
            _("%(what)s: no course is opened. If this is wrong or over, bring the patient back first.")
            % {"what": patient.departure_sentence}
        )


def check_goals(words: Sequence[str]) -> None:
    if len(words) > GOALS_AT_MOST:
        raise CourseRefusedError(_("A course holds up to %(n)s goals.") % {"n": GOALS_AT_MOST})


def check_can_end(course: Course, *, reason: str, note: str) -> None:
    if course.status != Course.Status.OPEN:
        raise CourseRefusedError(_("This course has already ended."))
    if reason not in EndReason.values:
        raise CourseRefusedError(_("Ending a course needs a reason."))
    if reason == EndReason.OTHER and not note.strip():
        raise CourseRefusedError(_("Enter a reason for the end."))


def check_can_reopen(course: Course, *, has_open_one: bool) -> None:
    if course.status != Course.Status.ENDED:
        raise CourseRefusedError(_("This course is open."))
    if has_open_one:
        raise CourseRefusedError(_("Another course is open for this condition; end that one first."))
