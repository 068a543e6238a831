"""What a patient can send: a birth date, a tap, a few words."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from patients.ages import birth_date_in_words
from scheduling.forms.birth_dates import BirthDateBoxes
from sessions.choices import DangerSign, OverallChange

RELIEF_HOURS = (1, 3, 6, 12, 24, 48, 72, 120)


class BirthDateForm(BirthDateBoxes):
    def say_wrong(self, *, today: date) -> None:
        """Say the date in words, so that a slip is seen, and the age, so that somebody else's is."""
        typed = birth_date_in_words(self.cleaned_data["birth_date"], today)
        words = _("%(typed)s: that is not the date we have. Please try again. After five tries the link closes.")
        self.add_error(None, words % {"typed": typed})


class PainForm(forms.Form):
    score = forms.TypedChoiceField(choices=[(n, n) for n in range(11)] + [("skip", "")], empty_value=None)


class ChangeForm(forms.Form):
    change = forms.ChoiceField(choices=[*((str(value), "") for value in OverallChange.values), ("skip", "")])


class ReliefForm(forms.Form):
    answer = forms.ChoiceField(choices=[(word, word) for word in ("lasting", "ended", "never", "skip")])


class ReliefEndForm(forms.Form):
    hours = forms.ChoiceField(choices=[(str(n), n) for n in RELIEF_HOURS] + [("skip", "")])


class OfferForm(forms.Form):
    answer = forms.ChoiceField(choices=[(word, word) for word in ("take", "no")])


class WorryForm(forms.Form):
    """One tap (``sign`` or ``nothing``) and whatever words were written; words are heard beside “nothing” too."""

    sign = forms.ChoiceField(choices=DangerSign, required=False)
    words = forms.CharField(label=_("Something else"), max_length=1000, required=False)
    nothing = forms.CharField(max_length=1, required=False)

    def clean(self) -> dict[str, object]:
        found = super().clean() or {}
        if not self.errors and not any(found.get(name) for name in ("sign", "words", "nothing")):
            self.add_error("words", _("Write a few words, or tap one of the answers."))
        return found


class SignsForm(forms.Form):
    """One of the signs, or none of them."""

    sign = forms.ChoiceField(choices=DangerSign, required=False)
    none = forms.CharField(max_length=1, required=False)

    def clean(self) -> dict[str, object]:
        found = super().clean() or {}
        if not self.errors and not (found.get("sign") or found.get("none")):
            self.add_error("sign", _("Tap one of the answers."))
        return found


class MistakeForm(forms.Form):
    """Which report was a slip."""

    report = forms.UUIDField()
