"""What may be done with a course in its state."""

from django.utils.translation import gettext as _

from sessions.models import Course


class CourseRefusedError(Exception):
    """This cannot be done in this state; the text says why."""


def check_can_end(course: Course) -> None:
    if course.status != Course.Status.OPEN:
        raise CourseRefusedError(_("This course has already ended."))
