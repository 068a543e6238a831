"""A form that writes over what stands: it knows what its page showed, and tells what somebody else changed since."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.core import signing
from django.db import models
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _

SEEN = "seen"
_SALT = "seen-form"


@dataclass(frozen=True)
class Difference:
    """A field that holds something else than the page showed; ``is_mine``: its sender changed it too."""

    name: str
    label: str
    mine: str
    theirs: str
    is_mine: bool


def plain(value: Any) -> str:
    """A value as text that compares, however it was typed or stored."""
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, int | Decimal):
        return f"{Decimal(value).normalize():f}"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if not isinstance(value, str) and isinstance(value, Iterable):
        return "\n".join(sorted(plain(one) for one in value))
    return "\n".join(str(value).split("\r\n")).strip()


class SeenForm(forms.BaseForm):
    """Mixed into a form: a hidden field carries, signed, what stood when the page was drawn.

    ``initial`` is what stands now, at the drawing and at the saving; hold the row before you read it for a save.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stood = dict(self.initial)  # as it was stored: a form may show it in other words
        quiet = forms.HiddenInput(attrs={"autocomplete": "off"})
        self.fields[SEEN] = forms.CharField(required=False, widget=quiet, initial=self._token)

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound:
            self.cleaned_data.pop(SEEN, None)

    def stand(self, values: dict[str, Any]) -> None:
        """What stands is this, as the typing has shown: a row that the page could not know of."""
        self._stood = dict(values)
        self.initial = {**self.initial, **values}

    def differences(self) -> list[Difference]:
        """What stands otherwise than the page showed, and than was typed. Call it after ``is_valid``.

        A page that did not say what it showed differs wherever something else was typed than what stands.
        """
        standing, shown = self._standing(), self._shown()
        found = []
        for name, theirs in standing.items():
            field, mine = self.fields[name], plain(self.cleaned_data.get(name))
            seen = theirs if shown is None else shown.get(name, "")
            if mine != theirs and (shown is None or theirs != seen) and not field.widget.is_hidden:
                words = (_words(field, mine), _words(field, theirs))
                found.append(Difference(name, str(field.label or name.replace("_", " ")), *words, is_mine=mine != seen))
        return found

    def reopen(self) -> None:
        """Show it once more: what was typed stays, what was not touched is what stands now, and that has been seen."""
        standing, shown = self._standing(), self._shown()
        data = QueryDict(mutable=True)
        data.update(self.data)
        for name, theirs in standing.items():
            mine, seen = plain(self.cleaned_data.get(name)), theirs if shown is None else shown.get(name, "")
            if mine == seen and mine != theirs:
                self._put(data, name)
        data[SEEN] = self._token()
        self.data = data

    def _put(self, data: QueryDict, name: str) -> None:
        value = self[name].initial
        shown = self.fields[name].prepare_value(value)
        if value is None or value is False or value == "":  # 0 is a value
            data.pop(name, None)
        elif isinstance(shown, list | tuple):
            data.setlist(name, [str(one) for one in shown])
        else:
            formatted = self.fields[name].widget.format_value(shown)
            data[name] = formatted[0] if isinstance(formatted, list) else str(formatted)

    def _names(self) -> Iterator[str]:
        return (name for name in self.fields if name != SEEN)

    def _standing(self) -> dict[str, str]:
        return {name: plain(self._stood.get(name, self.fields[name].initial)) for name in self._names()}

    def _token(self) -> str:
        return signing.dumps(self._standing(), salt=_SALT, compress=True)

    def _shown(self) -> dict[str, str] | None:
        """What the page showed; None where it does not say so, or not in our hand."""
        try:
            shown: dict[str, str] = signing.loads(str(self.data.get(SEEN, "")), salt=_SALT)
        except signing.BadSignature:
            return None
        return shown


def _words(field: forms.Field, value: str) -> str:
    if isinstance(field, forms.BooleanField):
        return _("yes") if value else _("no")
    if not value:
        return "–"
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        labels = dict(_labels(field))
        return ", ".join(labels.get(one, one) for one in value.split("\n"))
    if isinstance(field, forms.DateField):
        return date_format(date.fromisoformat(value), "j M Y")
    return value


def _labels(field: "forms.ChoiceField | forms.ModelChoiceField[Any]") -> Iterator[tuple[str, str]]:
    choices: Any = field.choices
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from ((str(one), str(words)) for one, words in label)
        else:
            yield str(key), str(label)
