"""The time-out as the page asks it: seven ticks over what was shown."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions.choices import TimeOutItem
from sessions.drafts import TimeOutRow
from sessions.queries.time_outs import TimeOutCard


class TimeOutForm(forms.Form):
    """``card`` is what the page shows; ``fingerprint`` says on which card the ticks were made."""

    fingerprint = forms.CharField(
        max_length=32, required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"})
    )
    items = forms.MultipleChoiceField(
        label=_("Confirmed"), choices=TimeOutItem, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, card: TimeOutCard) -> None:
        initial = {"fingerprint": card.fingerprint, "items": sorted(card.ticked)}
        super().__init__(data, prefix="time_out", initial=initial)
        self.card = card

    @property
    def is_of_this_card(self) -> bool:
        """The ticks that were typed belong to what is shown now."""
        return not self.is_bound or self["fingerprint"].value() == self.card.fingerprint

    @property
    def ticked(self) -> frozenset[str]:
        """What to show as ticked: what was typed on this very card, else what is stored for it."""
        return frozenset(self["items"].value() or ()) if self.is_of_this_card else self.card.ticked

    def row(self) -> TimeOutRow | None:
        typed = self.cleaned_data
        return TimeOutRow(typed["fingerprint"], frozenset(typed["items"])) if typed["fingerprint"] else None
