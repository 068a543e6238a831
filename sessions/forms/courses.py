"""A course as a form: how many sessions, how often, what the patient wants, where it began. Nothing here saves."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from patients.models import PatientCondition
from sessions.choices import EndReason
from sessions.forms.dressing import dress, rows
from sessions.models import Course
from sessions.models.courses import GOALS_AT_MOST
from sessions.services.courses import Goal, Plan

_PAIN = [("", _("not asked")), *((str(score), str(score)) for score in range(11))]
_GOALS = range(1, GOALS_AT_MOST + 1)
_BASELINE = ("baseline_now", "baseline_average_7d", "baseline_worst_7d")


def _pain(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, choices=_PAIN, coerce=int, empty_value=None, required=False)


class CourseForm(forms.Form):
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    planned_sessions = forms.IntegerField(label=_("Planned sessions"), min_value=1, max_value=50, initial=6)
    interval_days = forms.IntegerField(label=_("Days between sessions"), min_value=1, max_value=365, initial=7)
    baseline_now = _pain(_("Pain now"))
    baseline_average_7d = _pain(_("Average of 7 days"))
    baseline_worst_7d = _pain(_("Worst of 7 days"))
    baseline_date = forms.DateField(
        label=_("Asked on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in _GOALS:
            self.fields[f"goal_{number}"] = forms.CharField(
                label=_("Goal %(number)s, in the patient’s words") % {"number": number}, max_length=300, required=False
            )
            self.fields[f"goal_{number}_reached"] = forms.BooleanField(label=_("reached"), required=False)
        dress(self)

    @property
    def plan_fields(self) -> list[forms.BoundField]:
        return [self["planned_sessions"], self["interval_days"]]

    @property
    def baseline_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in (*_BASELINE, "baseline_date")]

    @property
    def goal_fields(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"goal_{number}"], self[f"goal_{number}_reached"]) for number in _GOALS]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        has_score = any(typed.get(name) is not None for name in _BASELINE)
        if has_score and not typed.get("baseline_date") and "baseline_date" not in self.errors:
            self.add_error("baseline_date", _("When was this asked?"))
        return typed

    def plan(self) -> Plan:
        names = ("planned_sessions", "interval_days", *_BASELINE, "baseline_date")
        return Plan(**{name: self.cleaned_data[name] for name in names})

    def goals(self) -> list[Goal]:
        """The goals that say something, in their order."""
        typed = self.cleaned_data
        rows = [(typed[f"goal_{number}"].strip(), typed[f"goal_{number}_reached"]) for number in _GOALS]
        return [Goal(words=words, is_reached=reached) for words, reached in rows if words]


def initial_of(course: Course) -> dict[str, Any]:
    """The form as the stored course fills it."""
    names = ("version", "planned_sessions", "interval_days", *_BASELINE, "baseline_date")
    found = {name: getattr(course, name) for name in names}
    for goal in course.goals.all():
        found[f"goal_{goal.position}"] = goal.words
        found[f"goal_{goal.position}_reached"] = goal.reached_date is not None
    return found


if TYPE_CHECKING:
    _ConditionField = forms.ModelChoiceField[PatientCondition]
else:
    _ConditionField = forms.ModelChoiceField


class ConditionField(_ConditionField):
    def label_from_instance(self, obj: PatientCondition) -> str:
        return " ".join(part for part in (obj.name, str(obj.get_side_display())) if part)


class OpenCourseForm(CourseForm):
    """A new course, for one of the patient's conditions that has none open."""

    condition = ConditionField(label=_("Condition"), queryset=PatientCondition.objects.none(), empty_label=None)
    field_order = ("condition",)

    def __init__(self, *args: Any, conditions: QuerySet[PatientCondition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["version"]
        rows(self, "condition").queryset = conditions

    @property
    def plan_fields(self) -> list[forms.BoundField]:
        return [self["condition"], *super().plan_fields]


class EndCourseForm(forms.Form):
    reason = forms.ChoiceField(label=_("Why it ends"), choices=[("", _("Choose")), *EndReason.choices])
    note = forms.CharField(label=_("In words"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("reason") == EndReason.OTHER and not typed.get("note", "").strip():
            self.add_error("note", _("Enter a reason for the end."))
        return typed
