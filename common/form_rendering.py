"""Form fields as HTML, written by code instead of templates.

Django renders one field through three or four templates; on a page of two hundred fields that was a third of its time.
What is written here is, character for character, what those templates write (hence the odd line ends); every other
template is left to Django.
"""

from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.template.base import render_value_in_context
from django.template.context import Context
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

Widget = Mapping[str, Any]

_INPUTS = (
    "checkbox", "color", "date", "datetime", "email", "file", "hidden", "input", "number", "password", "search", "tel",
    "text", "time", "url",
)  # fmt: skip
_FOLDER = "django/forms/widgets"
# Words of a choice are localized as a template would: a number as the language writes it.
_LOCAL = Context()


class FormRenderer(DjangoTemplates):
    """The setting ``FORM_RENDERER``."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> SafeString:
        write = _WRITERS.get(template_name)
        if write is None or not _is_known(context["widget"]):
            return mark_safe(super().render(template_name, context, request))  # noqa: S308 - Django's own template
        return mark_safe(write(context["widget"]).strip())  # noqa: S308 - every value was escaped


def _escaped(value: Any) -> str:
    """What ``conditional_escape`` makes of it, without its detour for lazy words where there are none."""
    return escape(value) if type(value) is str else conditional_escape(value)


def _is_known(widget: Widget) -> bool:
    """Whether its choices, if it has some, are of the kinds that are written here."""
    groups: Iterable[Any] = widget.get("optgroups", ())
    return all(option["template_name"] in _WRITERS for _name, options, _index in groups for option in options)


def _attributes(attrs: Mapping[str, Any]) -> str:
    return "".join(
        f" {_escaped(name)}" if value is True else f' {_escaped(name)}="{_escaped(value)}"'
        for name, value in attrs.items()
        if value is not False
    )


def _input(widget: Widget) -> str:
    value = widget.get("value")
    said = "" if value is None else f' value="{_escaped(value)}"'
    kind, name = _escaped(widget["type"]), _escaped(widget["name"])
    return f'<input type="{kind}" name="{name}"{said}{_attributes(widget["attrs"])}>\n'


def _textarea(widget: Widget) -> str:
    value = _escaped(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{_escaped(widget["name"])}"{_attributes(widget["attrs"])}>\n{value}</textarea>'


def _option(widget: Widget) -> str:
    label = render_value_in_context(widget["label"], _LOCAL)
    return f'<option value="{_escaped(widget["value"])}"{_attributes(widget["attrs"])}>{label}</option>\n'


def _select(widget: Widget) -> str:
    parts = [f'<select name="{_escaped(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, options, _index in widget["optgroups"]:
        if group:
            parts.append(f'\n  <optgroup label="{_escaped(group)}">')
        parts += [f"\n  {_WRITERS[option['template_name']](option)}" for option in options]
        if group:
            parts.append("\n  </optgroup>")
    return "".join([*parts, "\n</select>"])


def _input_option(widget: Widget) -> str:
    if not widget.get("wrap_label"):
        return f"{_input(widget)}\n"
    own_id = widget["attrs"].get("id")
    points_at = f' for="{_escaped(own_id)}"' if own_id else ""
    return f"<label{points_at}>{_input(widget)} {render_value_in_context(widget['label'], _LOCAL)}</label>\n\n"


def _multiple_input(widget: Widget) -> str:
    attrs = widget["attrs"]
    names = [f' {name}="{_escaped(attrs[name])}"' for name in ("id", "class") if attrs.get(name)]
    parts = [f"<div{''.join(names)}>"]
    for group, options, _index in widget["optgroups"]:
        if group:
            parts.append(f"\n  <div><label>{_escaped(group)}</label>")
        parts += [f"<div>\n    {_WRITERS[option['template_name']](option)}</div>" for option in options]
        if group:
            parts.append("\n  </div>")
    return "".join([*parts, "\n</div>"])


_WRITERS: dict[str, Callable[[Widget], str]] = {
    **{f"{_FOLDER}/{name}.html": _input for name in _INPUTS},
    f"{_FOLDER}/textarea.html": _textarea,
    f"{_FOLDER}/select.html": _select,
    f"{_FOLDER}/select_option.html": _option,
    f"{_FOLDER}/radio.html": _multiple_input,
    f"{_FOLDER}/checkbox_select.html": _multiple_input,
    f"{_FOLDER}/radio_option.html": _input_option,
    f"{_FOLDER}/checkbox_option.html": _input_option,
}
