"""The classes that the shell's style sheet expects on plain inputs."""

from django import forms


def dress(form: forms.Form) -> None:
    """Give every text input and select of the form its class; radio buttons and boxes have their own look."""
    for field in form.fields.values():
        widget = field.widget
        if isinstance(widget, (forms.RadioSelect, forms.CheckboxInput, forms.HiddenInput)):
            continue
        widget.attrs["class"] = "form-select" if isinstance(widget, forms.Select) else "form-control"
