"""What was left empty is asked for by its name, on every form; nothing says "Fill this in"."""

from importlib import import_module
from pathlib import Path

from django import forms
from django.urls import get_resolver

from common import form_words

ROOT = Path(__file__).resolve().parents[2]
OWN = {"accounts", "patients", "portal", "reminders", "scheduling", "sessions"}


class EveryKind(forms.Form):
    lot = forms.CharField(label="Lot")
    why = forms.CharField(label="Why:")
    depth = forms.ChoiceField(label="Depth", choices=[("a", "a")])
    days = forms.MultipleChoiceField(label="On", choices=[("a", "a")])
    first = forms.DateField(label="First day")
    start = forms.TimeField(label="From")
    hours = forms.IntegerField(label="Hours")
    amount = forms.DecimalField(label="mL")
    file = forms.FileField(label="File")
    sure = forms.BooleanField(label="It is right")
    own = forms.CharField(label="Own", error_messages={"required": "Own words."})
    unnamed = forms.CharField()
    tapped = forms.ChoiceField(choices=[("a", "a")])


def test_each_kind_of_field_is_asked_for_by_its_name() -> None:
    form = EveryKind({})

    assert {name: errors[0] for name, errors in form.errors.items()} == {
        "lot": "Enter “Lot”.",
        "why": "Enter “Why”.",
        "depth": "Choose an option under “Depth”.",
        "days": "Choose at least one under “On”.",
        "first": "Enter a date for “First day”.",
        "start": "Enter a time for “From”.",
        "hours": "Enter a number for “Hours”.",
        "amount": "Enter a number for “mL”.",
        "file": "Choose a file for “File”.",
        "sure": "Tick “It is right”.",
        "own": "Own words.",
        "unnamed": "Enter something here.",
        "tapped": "Choose one of the options.",
    }
    assert form.errors.as_data()["lot"][0].code == "required"


def test_a_label_that_a_form_gives_later_is_the_name() -> None:
    form = EveryKind({})
    form.fields["lot"].label = "Batch"

    assert form.errors["lot"] == ["Enter “Batch”."]


def test_every_form_of_ours_asks_in_these_words() -> None:
    assert get_resolver().url_patterns
    for path in ROOT.glob("*/forms/**/*.py"):
        if path.relative_to(ROOT).parts[0] in OWN:
            import_module(str(path.relative_to(ROOT).with_suffix("")).replace("/", ".").removesuffix(".__init__"))
    asked = 0
    for form in _kinds_of(forms.BaseForm):
        if form.__module__.partition(".")[0] not in OWN:
            continue
        for name, field in getattr(form, "base_fields", {}).items():
            words = str(field.error_messages["required"])
            assert "Fill" not in words, (form, name)
            assert "field is required" not in words, (form, name)
            asked += words == str(form_words.FIELDS[forms.Field]["required"])
    assert asked > 100


def _kinds_of(kind: type) -> set[type]:
    return {one for own in kind.__subclasses__() for one in (own, *_kinds_of(own))}
