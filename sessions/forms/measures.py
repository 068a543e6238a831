"""What an instrument gave, as typed: an overall change, a line in millimetres, answers by their number on the paper.

Nothing here saves, and no wording of anybody's questionnaire is shown (domain.md §7).
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from catalogue.models import InstrumentScale
from sessions.choices import OverallChange
from sessions.forms.dressing import dress
from sessions.rules.instruments import LINE_UNIT, PAIN_LINE, ScaleError, pain_line
from sessions.scoring import Questionnaire


class OverallChangeField(forms.TypedChoiceField):
    """PGIC: one of seven, very much better first; empty where it was not asked."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [(str(value), label) for value, label in OverallChange.choices]
        super().__init__(choices=choices, coerce=int, empty_value=None, widget=forms.RadioSelect, **kwargs)


class ChangeForm(forms.Form):
    kind = forms.CharField(initial="change", widget=forms.HiddenInput)
    change = OverallChangeField(label=_("Compared with the day treatment began, the patient is"))


class LineForm(forms.Form):
    """V02: a length from 0 to 100 mm, measured on paper; on a screen it is not the same as the number."""

    kind = forms.CharField(initial="line", widget=forms.HiddenInput)
    length_mm = forms.DecimalField(label=_("Pain line (mm)"), max_digits=4, decimal_places=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    def clean_length_mm(self) -> Decimal:
        length: Decimal = self.cleaned_data["length_mm"]
        try:
            return pain_line(length, unit=LINE_UNIT).value
        except ScaleError as error:
            said = _now("The line is %(low)s to %(high)s mm long.") % {"low": PAIN_LINE.low, "high": PAIN_LINE.high}
            raise forms.ValidationError(said) from error


class ChooseForm(forms.Form):
    """Which questionnaire to enter."""

    code = forms.ChoiceField(label=_("Questionnaire"))

    def __init__(self, *args: Any, scales: Iterable[InstrumentScale], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(scale.code, f"{scale.instrument.name}: {scale.name}") for scale in scales]
        self.fields["code"] = forms.ChoiceField(label=_("Questionnaire"), choices=choices)
        dress(self)


class AnswersForm(forms.Form):
    """V28: one box for each answer, by its number on the paper; one left out stays empty."""

    kind = forms.CharField(initial="answers", widget=forms.HiddenInput)
    code = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, of: Questionnaire, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scale = of.item_scale
        low, high = int(scale.low), int(scale.high)
        said = _("An answer is a whole number from %(low)s to %(high)s.") % {"low": low, "high": high}
        self.names = [f"answer_{number}" for number in range(1, of.item_count + 1)]
        for number, name in enumerate(self.names, start=1):
            self.fields[name] = forms.IntegerField(
                label=_("Answer %(number)s") % {"number": number},
                min_value=low,
                max_value=high,
                required=False,
                error_messages={"min_value": said, "max_value": said, "invalid": said},
            )
        dress(self)

    @property
    def boxes(self) -> list[forms.BoundField]:
        return [self[name] for name in self.names]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not self.errors and not any(typed.get(name) is not None for name in self.names):
            self.add_error(self.names[0], _("Write down at least one answer."))
        return typed

    def items(self) -> list[int | None]:
        return [self.cleaned_data[name] for name in self.names]
