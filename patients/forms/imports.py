"""Upload a file of patients and say what its columns hold."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from patients.importing.columns import ColumnMap, Target
from patients.importing.files import OLDER_LETTERS, UTF_8


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        max_length=200,
        help_text=_(
            "A workbook of Excel or LibreOffice, a table as CSV, or FHIR R4 as JSON. The first line names the columns."
        ),
        widget=forms.FileInput(
            attrs={"accept": ".csv,.txt,.tsv,.xlsx,.xls,.xlsb,.ods,.json,.ndjson,text/csv,application/json"}
        ),
    )


class ColumnsForm(forms.Form):
    """One choice for each target; the choices are the table's own headings."""

    date_order = forms.ChoiceField(
        label=_("A date like 5/6/1970 means"),
        choices=[("day", _("5 June: the day comes first")), ("month", _("May 6: the month comes first"))],
        help_text=_("Dates like 1970-06-05 are understood either way."),
    )

    years = forms.ChoiceField(
        label=_("A year like 81 means"),
        choices=[
            ("back", _("Nothing certain: give these rows back")),
            ("short", _("The latest such year that has come: 81 is 1981, 15 is 2015")),
        ],
        help_text=_("Nobody born more than a hundred years ago is in such a column then."),
    )
    letters = forms.ChoiceField(
        label=_("The letters are"),
        choices=[*OLDER_LETTERS.items(), (UTF_8, _("UTF-8, with some letters lost"))],
        help_text=_("Look at the names above after checking: they change with this."),
    )

    def __init__(
        self, *args: Any, header: list[str], said: dict[str, Any], asks_letters: bool = False, **kwargs: Any
    ) -> None:
        """``said``: a column map, guessed or chosen before."""
        kwargs["initial"] = {
            **{target: str(at) for target, at in (said.get("columns") or {}).items()},
            "date_order": "month" if said.get("is_month_first") else "day",
            "years": "short" if said.get("are_years_short") else "back",
            "letters": said.get("letters") or next(iter(OLDER_LETTERS)),
        }
        super().__init__(*args, **kwargs)
        choices = [("", _("Not in this file")), *((str(at), f"{at + 1}. {name}") for at, name in enumerate(header))]
        targets = {
            target.value: forms.ChoiceField(label=target.label, choices=choices, required=False) for target in Target
        }
        if said.get("is_order_guessed"):
            self.fields["date_order"].help_text = _(
                "No date in the first rows tells which. Look at one that you know, such as a birthday at your desk."
            )
        asked = ("date_order", "years", "letters") if asks_letters else ("date_order", "years")
        self.fields = targets | {name: self.fields[name] for name in asked}

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
        data = self.cleaned_data
        return {
            "columns": self.columns(),
            "is_month_first": data["date_order"] == "month",
            "are_years_short": data["years"] == "short",
            "letters": data.get("letters") or "",
        }
