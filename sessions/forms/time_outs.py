"""The time-out as the page asks it: seven ticks over what was shown."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions.choices import TimeOutItem
from sessions.drafts import TimeOutRow
from sessions.queries.time_outs import TimeOutCard


class TimeOutForm(forms.Form):
    """``card`` is what the page shows; ``fingerprint`` and ``said`` say on which card the ticks were made."""

    fingerprint = forms.CharField(
        max_length=32, required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"})
    )
    said = forms.CharField(max_length=32, required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))
    items = forms.MultipleChoiceField(
        label=_("Confirmed"), choices=TimeOutItem, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, card: TimeOutCard) -> None:
        initial = {"fingerprint": card.token, "said": card.said, "items": sorted(card.ticked)}
        super().__init__(data, prefix="time_out", initial=initial)
        self.card = card

    @property
    def is_of_this_card(self) -> bool:
        """The ticks that were typed belong to what is shown now."""
        if not self.is_bound:
            return True
        said = self["said"].value() or self.card.said
        return (self["fingerprint"].value(), said) == (self.card.token, self.card.said)

    @property
    def ticked(self) -> frozenset[str]:
        """What to show as ticked: what was typed on this very card, else what is stored for it."""
        typed = frozenset(self["items"].value() or ()) if self.is_of_this_card else self.card.ticked
        return typed - self.card.closed

    def row(self) -> TimeOutRow | None:
        typed = self.cleaned_data
        if not typed["fingerprint"]:
            return None
        return TimeOutRow(typed["fingerprint"], frozenset(typed["items"]), typed["said"] or None)
