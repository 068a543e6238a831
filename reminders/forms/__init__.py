"""What the messages page may be asked for."""

from django import forms
from django.utils.translation import gettext_lazy as _

from reminders.choices import MessageState

STATES = [
    ("", _("all")),
    ("stuck", _("needs somebody (last 30 days)")),
    *[choice for choice in MessageState.choices if choice[0] not in ("claimed", "sending")],
    ("due", _("due or being sent")),
]


class MessagesQuery(forms.Form):
    day = forms.DateField(label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)
    page = forms.IntegerField(required=False, min_value=1, max_value=100_000)


class PageQuery(forms.Form):
    page = forms.IntegerField(required=False, min_value=1, max_value=100_000)


class EndHold(forms.Form):
    """What becomes of the messages that are still held."""

    held = forms.ChoiceField(choices=[("send", _("send")), ("stop", _("stop"))])


class WhereFrom(forms.Form):
    """The page a button stood on, to return there."""

    of_patient = forms.BooleanField(required=False)
