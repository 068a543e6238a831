"""What may stand in the address of a history: what to show, and where the page before ended."""

from django import forms
from django.utils.translation import gettext_lazy as _

SHOW = [("", _("Changes and views")), ("changes", _("Changes only")), ("views", _("Views only"))]


class HistoryQuery(forms.Form):
    show = forms.ChoiceField(
        label=_("Show"), choices=SHOW, required=False, widget=forms.Select(attrs={"class": "form-select w-auto"})
    )
    before = forms.DateTimeField(required=False)
    before_id = forms.UUIDField(required=False)
