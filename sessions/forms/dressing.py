"""The classes that the shell's style sheet expects on plain inputs, and fields that are filled when a form is made."""

from typing import Any, TypeVar

from django import forms

F = TypeVar("F", bound=forms.Field)


def dress(form: forms.Form) -> None:
    """Give every text input and select of the form its class; radio buttons and boxes have their own look."""
    for field in form.fields.values():
        widget = field.widget
        if isinstance(widget, (forms.RadioSelect, forms.CheckboxInput, forms.HiddenInput)):
            continue
        widget.attrs["class"] = "form-select" if isinstance(widget, forms.Select) else "form-control"


def choice(form: forms.Form, name: str) -> forms.ChoiceField:
    """The field to give its choices to. Raises ``TypeError`` for one of another kind."""
    return _of_kind(form.fields[name], forms.ChoiceField)


def rows(form: forms.Form, name: str) -> "forms.ModelChoiceField[Any]":
    """The field to give its rows to. Raises ``TypeError`` for one of another kind."""
    return _of_kind(form.fields[name], forms.ModelChoiceField)


def _of_kind(field: forms.Field, kind: type[F]) -> F:
    if not isinstance(field, kind):
        raise TypeError(f"{field!r} is no {kind.__name__}")
    return field
