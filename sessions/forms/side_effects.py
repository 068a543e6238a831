"""What a report of harm asks, and what a clinician judges about it."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext_lazy as _

from catalogue.models import AdverseEventType
from catalogue.queries import adverse_event_choices
from common.local_words import local_day_words
from sessions.choices import Causality, DangerSign, Priority, Seriousness, Severity, Source
from sessions.forms.dressing import rows
from sessions.models import InjectionSession, SideEffect

MINUTE_FORMAT = "%Y-%m-%dT%H:%M"
TOLD_BY = [(Source.PHONE, _("by phone")), (Source.CLINICIAN, _("seen or told here"))]


class _SideEffectForm(forms.Form):
    """``act`` tells the forms of one page apart: each field has an id of its own."""

    act = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if self.act:
            kwargs.setdefault("auto_id", f"id_{self.act}_%s")
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True


def _when(label: Any, help_text: Any = "") -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        help_text=help_text,
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTE_FORMAT),
    )


class SessionChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return local_day_words(obj.started_at, get_current_timezone())


class ReportForm(_SideEffectForm):
    """A report taken by the desk: signs and words, no judgement."""

    source = forms.ChoiceField(label=_("Told"), choices=TOLD_BY, widget=forms.RadioSelect)
    danger_signs = forms.MultipleChoiceField(
        label=_("Danger signs: ask for each"),
        choices=DangerSign.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    description = forms.CharField(
        label=_("What happened, in the patient's words"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
        required=False,
    )
    onset_at = _when(_("It began"), _("Leave empty when nobody knows."))
    injection_session = SessionChoiceField(
        label=_("After the session of"),
        queryset=InjectionSession.objects.none(),
        required=False,
        empty_label=_("not known"),
    )

    def __init__(self, *args: Any, sessions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows(self, "injection_session").queryset = sessions

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("danger_signs") and not (data.get("description") or "").strip() and not data.get("event_type"):
            self.add_error("description", _("Tick a danger sign or say what happened."))
        return data


class ClinicalReportForm(ReportForm):
    """The same by a clinician, who also names the kind of event."""

    event_type = forms.ModelChoiceField(
        label=_("Kind"),
        queryset=AdverseEventType.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=_("not judged yet"),
    )
    has_escalated = forms.BooleanField(
        label=_("One of the signs below makes it more urgent"),
        help_text=_(
            "Bruise: growing. Faint: lost consciousness. Infection: septic signs. Lasting weakness or numbness: new"
            " weakness of a limb."
        ),
        required=False,
    )
    field_order = ("source", "danger_signs", "event_type", "has_escalated", "description", "onset_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows(self, "event_type").queryset = adverse_event_choices()


class ActForm(forms.Form):
    """A single act: the version it was decided on, and the page to go back to."""

    version = forms.IntegerField(min_value=1)
    back = forms.ChoiceField(choices=[("worklists", ""), ("chart", "")], required=False)


def _kind(*, is_required: bool) -> Any:
    return forms.ModelChoiceField(
        label=_("What it was"),
        queryset=AdverseEventType.objects.none(),
        to_field_name="code",
        required=is_required,
        empty_label=_("not judged yet"),
    )


class GradeForm(_SideEffectForm):
    act = "grade"
    version = forms.IntegerField(widget=forms.HiddenInput)
    event_type = _kind(is_required=False)
    severity = forms.TypedChoiceField(
        label=_("Severity"),
        choices=[("", _("not graded yet")), *Severity.choices],
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("How strong it was. Mild needs no treatment; severe needs hospital or limits washing or eating."),
    )
    seriousness = forms.MultipleChoiceField(
        label=_("Serious, because of"),
        choices=Seriousness.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Any one makes the event serious, whatever its severity."),
    )
    causality = forms.ChoiceField(
        label=_("Caused by the treatment"),
        choices=[("", _("not judged yet")), *Causality.choices],
        required=False,
        help_text=_("WHO-UMC categories."),
    )
    onset_at = _when(_("It began"))
    outcome = forms.CharField(label=_("Outcome so far"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows(self, "event_type").queryset = adverse_event_choices()

    @classmethod
    def of(cls, side_effect: SideEffect) -> "GradeForm":
        names: Sequence[str] = ("version", "event_type", "severity", "seriousness", "causality", "onset_at", "outcome")
        return cls(initial={name: getattr(side_effect, name) for name in names})


class RetriageForm(_SideEffectForm):
    act = "retriage"
    version = forms.IntegerField(widget=forms.HiddenInput)
    priority = forms.ChoiceField(label=_("Priority"), choices=Priority.choices)
    reason = forms.CharField(
        label=_("Reason"), max_length=300, required=False, help_text=_("Needed when the priority gets lower.")
    )

    @classmethod
    def of(cls, side_effect: SideEffect) -> "RetriageForm":
        return cls(initial={"version": side_effect.version, "priority": side_effect.priority})


class CloseForm(_SideEffectForm):
    act = "close"
    version = forms.IntegerField(widget=forms.HiddenInput)
    event_type = _kind(is_required=True)
    outcome = forms.CharField(label=_("What came of it"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows(self, "event_type").queryset = adverse_event_choices()

    @classmethod
    def of(cls, side_effect: SideEffect) -> "CloseForm":
        names = ("version", "event_type", "outcome")
        return cls(initial={name: getattr(side_effect, name) for name in names})
