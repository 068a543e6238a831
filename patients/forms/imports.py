"""Upload a file of patients and say what its columns hold."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from patients.importing.columns import ColumnMap, Target


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        max_length=200,
        help_text=_("A table saved as “CSV UTF-8” with a header line, or a FHIR R4 bundle as JSON."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.json,.ndjson,text/csv,application/json"}),
    )


class ColumnsForm(forms.Form):
    """One choice for each target; the choices are the table's own headings."""

    date_order = forms.ChoiceField(
        label=_("A date like 5/6/1970 means"),
        choices=[("day", _("5 June: the day comes first")), ("month", _("May 6: the month comes first"))],
        help_text=_("Dates like 1970-06-05 are understood either way."),
    )

    def __init__(self, *args: Any, header: list[str], columns: ColumnMap, is_month_first: bool, **kwargs: Any) -> None:
        kwargs["initial"] = {
            **{target: str(at) for target, at in columns.items()},
            "date_order": "month" if is_month_first else "day",
        }
        super().__init__(*args, **kwargs)
        choices = [("", _("Not in this file")), *((str(at), f"{at + 1}. {name}") for at, name in enumerate(header))]
        targets = {
            target.value: forms.ChoiceField(label=target.label, choices=choices, required=False) for target in Target
        }
        self.fields = targets | {"date_order": self.fields["date_order"]}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen = self.columns()
        if not chosen.keys() & {Target.FAMILY_NAME, Target.GIVEN_NAMES, Target.NAME}:
            raise ValidationError(_("Say which column holds the name."))
        if Target.BIRTH_DATE not in chosen:
            raise ValidationError(_("Say which column holds the date of birth."))
        if len(set(chosen.values())) < len(chosen):
            raise ValidationError(_("Two fields use the same column."))
        return data

    def columns(self) -> ColumnMap:
        return {
            target.value: int(self.cleaned_data[target.value])
            for target in Target
            if self.cleaned_data.get(target.value)
        }

    def column_map(self) -> dict[str, object]:
        return {"columns": self.columns(), "is_month_first": self.cleaned_data["date_order"] == "month"}
