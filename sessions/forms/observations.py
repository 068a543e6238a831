"""The observation and the discharge check."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions.drafts import DISCHARGE_FIELDS, Draft
from sessions.forms.dressing import dress
from sessions.observation import MAX_MINUTES

_FINE = [("yes", _("Yes")), ("no", _("No"))]


class FineField(forms.TypedChoiceField):
    """Yes, no, or not looked at yet: never assumed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=_FINE,
            coerce=lambda word: word == "yes",
            empty_value=None,
            required=False,
            widget=forms.RadioSelect,
            **kwargs,
        )


class ObservationForm(forms.Form):
    """When it began and ended is the server's to say: two acts of the page, no fields."""

    observation_minutes = forms.IntegerField(
        label=_("Watch for (minutes)"), min_value=1, max_value=MAX_MINUTES, required=False
    )
    is_walking = FineField(label=_("Walking"))
    is_free_of_dizziness = FineField(label=_("No dizziness"))
    has_dry_sites = FineField(label=_("Sites dry"))
    discharge_note = forms.CharField(label=_("What was not fine, and what was done"), max_length=300, required=False)

    def __init__(self, data: Any = None, *, stored: Draft, default_minutes: int) -> None:
        initial: dict[str, Any] = {
            name: {True: "yes", False: "no", None: None}[getattr(stored, name)] for name in DISCHARGE_FIELDS
        }
        initial |= {"discharge_note": stored.discharge_note}
        initial["observation_minutes"] = stored.observation_minutes or default_minutes
        super().__init__(data, prefix="observation", initial=initial)
        self.stored, self.default_minutes = stored, default_minutes
        dress(self)

    @property
    def checks(self) -> list[forms.BoundField]:
        return [self[name] for name in DISCHARGE_FIELDS]

    @property
    def minutes(self) -> int:
        """The minutes to watch for, as typed, else as planned; call it after ``is_valid``."""
        typed: int | None = self.cleaned_data["observation_minutes"]
        return typed or self.stored.observation_minutes or self.default_minutes

    def fields_of_draft(self) -> dict[str, Any]:
        """The draft's columns; minutes are kept only of an observation that began."""
        started = self.stored.observation_started_at
        return {
            **{name: self.cleaned_data[name] for name in (*DISCHARGE_FIELDS, "discharge_note")},
            "observation_minutes": self.minutes if started else None,
            "observation_started_at": started,
            "observation_ended_at": self.stored.observation_ended_at,
        }
