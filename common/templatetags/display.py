"""How things look, in templates: icons as inline SVG, amounts with their unit."""

from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

from django import template
from django.forms import BoundField
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from common import phones
from common.countries import KG_IN_A_POUND

register = template.Library()

NO_BREAK_SPACE = "\u00a0"
Amount = Decimal | float | int | None


@cache
def _archive() -> ZipFile:
    """The drawings of Lucide, opened once: its own tag opens the archive anew for each icon, 20 ms every time."""
    return ZipFile(BytesIO(files("lucide").joinpath("lucide.zip").read_bytes()))


def has_icon(name: str) -> bool:
    return f"{name}.svg" in _archive().namelist()


@lru_cache(maxsize=512)
def _drawn(name: str, label: str, css_class: str) -> SafeString:
    words = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    # A missing picture must not take a clinical page away; a test finds the name.
    drawing = _archive().read(f"{name if has_icon(name) else 'circle'}.svg")
    svg = ElementTree.fromstring(drawing)  # noqa: S314 - a file of the package, not a stranger's
    for node in svg.iter():
        node.tag = node.tag.removeprefix("{http://www.w3.org/2000/svg}")
    svg.attrib.update({"focusable": "false", "class": f"icon {css_class}".strip(), **words})
    return mark_safe(ElementTree.tostring(svg, encoding="unicode"))  # noqa: S308 - Lucide's own drawing, values escaped


@register.simple_tag
def icon(name: str, label: str = "", css_class: str = "") -> str:
    """Draw a Lucide icon. Without a label it is decoration, and a word must stand beside it."""
    return _drawn(name + "", str(label), css_class + "")


def _amount(value: Amount, places: int | None, unit: str) -> str:
    if value is None or value == "":
        return "–"
    if places is None:
        number = number_format(Decimal(str(value)).normalize() + 0, use_l10n=True)
    else:
        # Rounded here: formatting alone would cut the digits off.
        number = number_format(round(Decimal(str(value)), places), decimal_pos=places, use_l10n=True)
    return format_html('<span class="num">{}{}<span class="unit">{}</span></span>', number, NO_BREAK_SPACE, unit)


@register.filter
def phone(value: str | None) -> str:
    """A telephone number in groups, with its country: ``+49 30 901820 ext. 12``. Anything else as it is."""
    return phones.shown(value) if value else ""


@register.filter
def ml(value: Amount) -> str:
    """A volume in millilitres: ``1.50 mL``."""
    return _amount(value, 2, "mL")


@register.filter
def grams(value: Amount) -> str:
    """A mass in grams: ``0.125 g``."""
    return _amount(value, 3, "g")


@register.filter
def mg(value: Amount) -> str:
    """A mass in milligrams: ``12.5 mg``."""
    return _amount(value, 1, "mg")


@register.filter
def mm(value: Amount) -> str:
    """A length in millimetres: ``8 mm``."""
    return _amount(value, 0, "mm")


@register.filter
def kg(value: Amount) -> str:
    """A weight in kilograms: ``71.5 kg``."""
    return _amount(value, 1, "kg")


@register.filter
def lb(value_kg: Decimal) -> str:
    """A weight in kilograms, said in pounds: ``157.6 lb``."""
    return _amount(value_kg / KG_IN_A_POUND, 1, "lb")


@register.filter
def hours(value: Amount) -> str:
    """A time span in hours: ``36 h``."""
    return _amount(value, 0, "h")


@register.filter
def percent(value: Amount) -> str:
    """A share that already is a percentage: ``62.5 %``."""
    return _amount(value, 1, "%")


@register.filter
def nrs(value: int | None) -> str:
    """A pain score on the 0-10 scale in its colour, always with its number."""
    if value is None:
        return "–"
    return format_html('<span class="nrs nrs-{}">{}</span>', int(value), int(value))


@register.simple_tag
def scale_steps(field: BoundField) -> str:
    """The buttons of a scale, one for each choice but the empty one, coloured by their number."""
    steps = [radio for radio in field if radio.data["value"] != ""]
    return format_html_join(
        "",
        '<div class="pain-step">{}<label class="nrs-{}" for="{}">{}</label></div>',
        ((radio.tag(), radio.data["value"], radio.id_for_label, radio.choice_label) for radio in steps),
    )
