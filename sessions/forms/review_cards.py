"""What may stand in the address of a session's review card: the course as the page's list has it."""

from uuid import UUID

from django import forms
from django.core.validators import RegexValidator

from sessions.forms.injection_sessions import HAS, OPEN

_ID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


class CardQuery(forms.Form):
    course = forms.CharField(max_length=60, required=False, validators=[RegexValidator(rf"\A({HAS}|{OPEN}){_ID}\Z")])


def chosen_course(typed: str) -> UUID | None:
    """The course that is chosen; none for a new one, which has nothing to look back on."""
    return UUID(typed.removeprefix(HAS)) if typed.startswith(HAS) else None
