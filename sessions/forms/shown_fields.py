"""What the forms of a session's page show of the draft, field by field, as a browser would send it back untouched."""

from collections.abc import Iterator

from django import forms

from sessions.field_merges import POINT_FIELDS, POINTS, Shown
from sessions.forms.injection_sessions import OPEN, SessionForms, as_sent

# Typed, but done only when the page is saved on purpose.
_ACTS = ("consent_", "quick_")


def shown(page: SessionForms) -> Shown:
    """Of forms that hold the draft alone."""
    fields = [field for form in page.plain_forms for field in form]
    rows = [{name: as_sent(form[name]) for name in POINT_FIELDS} for form in page.points.forms]
    switches = (forms.RadioSelect, forms.CheckboxInput)
    return Shown(
        plain=dict(pair for field in fields for pair in _said(field)),
        points=tuple(row for row in rows if row["nerve"] or row["side"]),
        switches={field.html_name for field in fields if isinstance(field.field.widget, switches)},
    )


def _said(field: forms.BoundField) -> Iterator[tuple[str, str]]:
    if isinstance(field.field.widget, forms.CheckboxSelectMultiple):
        for value in field.form.get_initial_for_field(field.field, field.name) or ():
            yield f"{field.html_name}={value}", str(value)
    elif field.name not in ("version", "page", "number", "acts", "opened", "conflict"):
        yield field.html_name, as_sent(field)


def unsaved(page: SessionForms) -> set[str]:
    """The names of what an autosave leaves out: acts, and what is wrong; call it after ``is_valid``."""
    fields = [field for form in page.plain_forms for field in form]
    names = {field.html_name for field in fields if field.errors or field.html_name.startswith(_ACTS)}
    if str(page.session["course"].value() or "").startswith(OPEN):
        names.add("course")
    return names | ({POINTS} if page.is_wrong_in_points() else set())
