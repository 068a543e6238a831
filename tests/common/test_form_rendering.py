"""Fields written by code are what Django's templates write, to the character."""

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.forms.renderers import DjangoTemplates
from django.utils.functional import lazystr
from django.utils.safestring import mark_safe
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from common.form_rendering import FormRenderer

CODE, DJANGO = FormRenderer(), DjangoTemplates()

CHOICES: list[tuple[Any, Any]] = [
    ("", "–"),
    ("a", "One & <two>"),
    ("b", lazystr("lazy “words”")),
    ("c", mark_safe("<b>safe</b>")),
    (4, 1234.5),
    ("Group's", [("d", "Four"), ("e", 'Fi"ve')]),
]
ATTRS: list[dict[str, Any]] = [
    {},
    {"id": "id_x", "class": "form-control", "required": True, "disabled": False, "maxlength": 10, "step": "0.05"},
    {"id": 'a"b', "data-x": lazystr("<lazy>"), "title": mark_safe("&amp;")},
]
WIDGETS: list[tuple[forms.Widget, Any]] = [
    (forms.TextInput(), "it's <b>"),
    (forms.TextInput(), None),
    (forms.TextInput(), mark_safe("&amp;")),
    (forms.NumberInput(), Decimal("1234.50")),
    (forms.NumberInput(), 0),
    (forms.EmailInput(), "a@b.example"),
    (forms.URLInput(), "https://example.org/?a=1&b=2"),
    (forms.PasswordInput(render_value=True), "secret"),
    (forms.HiddenInput(), 5),
    (forms.DateInput(attrs={"type": "date"}), date(2026, 11, 22)),
    (forms.TimeInput(format="%H:%M"), time(9, 5)),
    (forms.FileInput(), None),
    (forms.ClearableFileInput(), None),
    (forms.CheckboxInput(), True),
    (forms.CheckboxInput(), False),
    (forms.Textarea(), "two\nlines & more"),
    (forms.Textarea(), ""),
    (forms.Select(choices=CHOICES), "b"),
    (forms.Select(choices=CHOICES), 4),
    (forms.NullBooleanSelect(), True),
    (forms.SelectMultiple(choices=CHOICES), ["a", "e"]),
    (forms.RadioSelect(choices=CHOICES), "d"),
    (forms.CheckboxSelectMultiple(choices=CHOICES), ["a", "c"]),
    (forms.MultipleHiddenInput(), ["1", "2"]),
    (forms.SplitDateTimeWidget(), None),
]


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("attrs", ATTRS)
@pytest.mark.parametrize(("widget", "value"), WIDGETS, ids=lambda one: type(one).__name__)
def test_a_field_is_written_as_django_writes_it(
    widget: forms.Widget, value: Any, attrs: dict[str, Any], language: str
) -> None:
    with override(language):
        written = widget.render("x", value, attrs=dict(attrs), renderer=CODE)
        assert written == widget.render("x", value, attrs=dict(attrs), renderer=DJANGO)


@given(value=st.text(), label=st.text(), attr=st.text())
def test_no_text_gets_out_of_its_quotes(value: str, label: str, attr: str) -> None:
    widgets = forms.TextInput(), forms.Textarea(), forms.Select(choices=[(value, label)]), forms.RadioSelect()
    for widget in widgets:
        attrs = {"title": attr}
        assert widget.render("x", value, attrs, CODE) == widget.render("x", value, attrs, DJANGO)


@pytest.mark.parametrize("choice", [0, 1])
def test_a_button_of_a_choice_by_itself_is_written_as_django_writes_it(choice: int) -> None:
    class Form(forms.Form):
        side = forms.ChoiceField(choices=[("l", "left <"), ("r", "right")], widget=forms.RadioSelect)

    tags = [
        (str(form["side"][choice]), form["side"][choice].tag())
        for form in (Form({"side": "r"}, renderer=CODE), Form({"side": "r"}, renderer=DJANGO))
    ]
    assert tags[0] == tags[1]


def test_every_form_is_written_so() -> None:
    assert settings.FORM_RENDERER == "common.form_rendering.FormRenderer"
