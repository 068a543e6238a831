"""What may stand in the address of the audit trail: whose record, who, which days, which record, which act."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.changes import models_by_table
from accounts.models import ClinicOwned
from scheduling.forms.appointments import DayField
from sessions.queries.audit_trails import Asked, members_of

ACTS = [
    ("", _("Everything")),
    ("changes", _("Changes")),
    ("views", _("Views")),
    ("exports", _("Exports")),
    ("sign_ins", _("Sign-ins")),
    ("factors", _("Passwords and second factors")),
]
# [DEF] how far back a kind of record is looked for when nothing else narrows the trail.
DAYS_OF_A_RECORD = 31


class AuditQuery(forms.Form):
    patient = forms.UUIDField(required=False, widget=forms.HiddenInput)
    person = forms.TypedChoiceField(label=_("Person"), required=False)
    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("To"), required=False)
    act = forms.ChoiceField(label=_("What"), choices=ACTS, required=False)
    record = forms.ChoiceField(label=_("Record"), required=False)
    before = forms.DateTimeField(required=False)
    before_id = forms.UUIDField(required=False)

    def __init__(self, data: Any, *, by: Actor, today: date) -> None:
        data = data.copy()
        others = ("patient", "person", "first", "last")
        # The page says so: what is not shown must not look as if it had never been.
        self.is_narrowed = bool(data.get("record")) and not any(data.get(name) for name in others)
        if self.is_narrowed:
            data["first"] = (today - timedelta(days=DAYS_OF_A_RECORD)).isoformat()
        super().__init__(data)
        people: Any = self.fields["person"]
        people.choices = [("", _("Everybody")), *((str(pk), name) for pk, name in members_of(by))]
        record: Any = self.fields["record"]
        record.choices = [("", _("Every record")), *_records()]
        for name in ("person", "act", "record"):
            self.fields[name].widget.attrs["class"] = "form-select"
        for name in ("first", "last"):
            self.fields[name].widget.attrs["class"] = "form-control"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("This day is before the first one."))
        return cleaned

    @property
    def has_wrong_day(self) -> bool:
        """Nothing but a day is wrong: one that somebody typed."""
        return bool(self.errors) and set(self.errors) <= {"first", "last"}

    @property
    def asked(self) -> Asked:
        said = self.cleaned_data
        return Asked(
            patient_id=said["patient"],
            person_id=said["person"] or None,
            first_day=said["first"],
            last_day=said["last"],
            table=said["record"],
            act=said["act"],
            before=said["before"],
            before_id=said["before_id"],
        )


def _records() -> list[tuple[str, str]]:
    """The tables whose changes or views are written down, by their plain names."""
    named = [
        (table, str(model._meta.verbose_name).capitalize())
        for table, model in models_by_table().items()
        if table == "accounts_clinic" or (issubclass(model, ClinicOwned) and model.clinic_rules.is_audited)
    ]
    return sorted(named, key=lambda one: one[1])
