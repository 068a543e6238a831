"""What every form of the product says, in the product's own words, and what every field for text leaves out.

The framework's sentences ("Ensure this value has at most…") are nobody's words. They are replaced here, once, for every
form there is and will be, on the staff's pages and on the patient's.
"""

from typing import Any

from django import forms
from django.core import validators
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.formsets import ManagementForm
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from common.lines import cleaned

Words = dict[str, Any]
_CHOOSE = _("Choose one of the options.")
_SEVERAL: Words = {"invalid_choice": _CHOOSE, "invalid_list": _CHOOSE, "invalid_pk_value": _CHOOSE}
_NUMBER = _("Write a number, like 2.5.")
_FILE = _("The file did not arrive. Choose it again.")

# Said as it stands where nobody knows the field; a form asks for the field by its name (``_ask_by_name``).
_EMPTY = _("Enter something here.")
_ASKED: tuple[tuple[tuple[type[forms.Field], ...], Any], ...] = (
    ((forms.BooleanField,), _("Tick “%(field)s”.")),
    ((forms.FileField,), _("Choose a file for “%(field)s”.")),
    ((forms.MultipleChoiceField, forms.ModelMultipleChoiceField), _("Choose at least one under “%(field)s”.")),
    ((forms.ChoiceField, forms.ModelChoiceField), _("Choose an option under “%(field)s”.")),
    ((forms.DateTimeField,), _("Enter a date and a time for “%(field)s”.")),
    ((forms.DateField,), _("Enter a date for “%(field)s”.")),
    ((forms.TimeField,), _("Enter a time for “%(field)s”.")),
    ((forms.IntegerField, forms.DecimalField), _("Enter a number for “%(field)s”.")),
    ((forms.Field,), _("Enter “%(field)s”.")),
)

FIELDS: dict[type[forms.Field], Words] = {
    forms.Field: {"required": _EMPTY},
    forms.IntegerField: {"invalid": _("Write a whole number, like 12.")},
    forms.FloatField: {"invalid": _NUMBER},
    forms.DecimalField: {"invalid": _NUMBER},
    forms.DateField: {"invalid": _("Enter a date like 31/12/1980.")},
    forms.TimeField: {"invalid": _("Enter a time like 14:30.")},
    forms.DateTimeField: {"invalid": _("Enter a date and a time.")},
    forms.DurationField: {"invalid": _("Enter a length of time."), "overflow": _("This is too long a time.")},
    forms.FileField: {
        "invalid": _FILE,
        "missing": _FILE,
        "empty": _("This file is empty."),
        "max_length": ngettext_lazy(
            "The file's name may have %(max)d character. It has %(length)d.",
            "The file's name may have %(max)d characters. It has %(length)d.",
            "max",
        ),
        "contradiction": _("Choose a file, or tick that it is removed: not both."),
    },
    forms.ImageField: {"invalid_image": _("This is not a picture we can read.")},
    forms.URLField: {"invalid": _("Enter a web address.")},
    forms.UUIDField: {"invalid": _CHOOSE},
    forms.JSONField: {"invalid": _("This cannot be read.")},
    forms.MultiValueField: {"invalid": _EMPTY, "incomplete": _("Fill in every part.")},
    forms.ChoiceField: {"invalid_choice": _CHOOSE},
    forms.MultipleChoiceField: _SEVERAL,
    forms.TypedMultipleChoiceField: _SEVERAL,
    forms.ModelChoiceField: {"invalid_choice": _CHOOSE},
    forms.ModelMultipleChoiceField: _SEVERAL,
}

_AT_MOST = _("Enter %(limit_value)s or less.")
_AT_LEAST = _("Enter %(limit_value)s or more.")
_DIGITS: Words = {
    "invalid": _NUMBER,
    "max_digits": ngettext_lazy("Use at most %(max)s digit.", "Use at most %(max)s digits.", "max"),
    "max_decimal_places": ngettext_lazy(
        "Use at most %(max)s digit after the decimal point.",
        "Use at most %(max)s digits after the decimal point.",
        "max",
    ),
    "max_whole_digits": ngettext_lazy(
        "Use at most %(max)s digit before the decimal point.",
        "Use at most %(max)s digits before the decimal point.",
        "max",
    ),
}
_TOO_MANY = ngettext_lazy("Use at most %(num)d row.", "Use at most %(num)d rows.", "num")
_OF_SEVERAL: Words = {
    "missing_management_form": _("The page came in without its rows. Open it again; what was saved is still there."),
    "too_many_forms": _TOO_MANY,
}
_OF_ROWS: Words = {
    "invalid_choice": _CHOOSE,
    "null": _EMPTY,
    "blank": _EMPTY,
    "unique": _("There is one with this already. Enter another."),
}
SENTENCES: dict[type[Any], Any] = {
    validators.MaxValueValidator: _AT_MOST,
    validators.MinValueValidator: _AT_LEAST,
    validators.StepValueValidator: _("Enter a multiple of %(limit_value)s."),
    validators.MaxLengthValidator: ngettext_lazy(
        "This is too long: at most %(limit_value)d character. It has %(show_value)d.",
        "This is too long: at most %(limit_value)d characters. It has %(show_value)d.",
        "limit_value",
    ),
    validators.MinLengthValidator: ngettext_lazy(
        "This is too short: at least %(limit_value)d character. It has %(show_value)d.",
        "This is too short: at least %(limit_value)d characters. It has %(show_value)d.",
        "limit_value",
    ),
    validators.ProhibitNullCharactersValidator: _(
        "This holds a character that cannot be saved. Delete it, or type the words again."
    ),
    validators.EmailValidator: _("Enter an e-mail address like name@example.org."),
    validators.URLValidator: _("Enter a web address."),
    validators.RegexValidator: _("This is not written as it should be."),
}


def speak() -> None:
    """Give every form these words, and every field for text the one rule of what is kept. Called once, at the start."""
    for field, words in FIELDS.items():
        field.default_error_messages = {**field.default_error_messages, **words}
    for validator, sentence in SENTENCES.items():
        validator.message = sentence
    validators.DecimalValidator.messages = _DIGITS
    models.Field.default_error_messages = models.Field.default_error_messages | _OF_ROWS
    for counter in ManagementForm.base_fields.values():  # made before this was said
        counter.error_messages |= {"required": FIELDS[forms.Field]["required"], **FIELDS[forms.IntegerField]}
    forms.BaseFormSet.default_error_messages = forms.BaseFormSet.default_error_messages | _OF_SEVERAL
    if forms.BaseForm.add_error is not _ask_by_name:
        forms.BaseForm.add_error = _ask_by_name  # type: ignore[assignment, method-assign]  # for every form
    # A choice that is no key of any row.
    models.UUIDField.default_error_messages = {"invalid": _CHOOSE}
    if forms.CharField.to_python is not _to_python:
        forms.CharField.to_python = _to_python  # type: ignore[assignment, method-assign]  # for every text field


_add_error = forms.BaseForm.add_error


def _ask_by_name(form: forms.BaseForm, field: str | None, error: Any) -> None:
    """What was left empty is asked for by the name that stands beside it."""
    _add_error(form, field, error)
    for name, errors in form.errors.items():
        if name in form.fields:
            errors.data = [_named(form, name, one) for one in errors.data]


def _named(form: forms.BaseForm, name: str, error: Any) -> Any:
    asked = form.fields[name]
    if getattr(error, "message", None) is not _EMPTY:
        return error
    if asked.label is None or asked.widget.is_hidden:
        is_chosen = isinstance(asked, forms.ChoiceField | forms.ModelChoiceField | forms.UUIDField)
        return ValidationError(_CHOOSE if is_chosen else _EMPTY, code=error.code)
    words = next(words for kinds, words in _ASKED if isinstance(asked, kinds))
    return ValidationError(words, code=error.code, params={"field": str(asked.label).rstrip(":")})


_as_sent = forms.CharField.to_python


def _to_python(field: forms.CharField, value: Any) -> Any:
    """A password and whatever else is taken to the letter stays as it was sent; empty stays empty."""
    text = _as_sent(field, value)
    if not field.strip or not isinstance(text, str) or text in field.empty_values:
        return text
    return cleaned(text).strip() or field.empty_value
