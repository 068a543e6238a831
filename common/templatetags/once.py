"""A form that makes a row says which it is: ``{% once %}``, or ``{% once form %}`` to keep the key it came with."""

from django import template
from django.forms import BaseForm
from django.utils.html import format_html

from common.form_keys import FIELD, key_for

register = template.Library()


@register.simple_tag
def once(form: BaseForm | None = None) -> str:
    """A one-time key, hidden. ``form`` keeps the key it was sent with, where it is shown again with its errors.

    ``autocomplete`` keeps a browser from putting an old key into a page that is loaded anew.
    """
    return format_html('<input type="hidden" name="{}" value="{}" autocomplete="off">', FIELD, key_for(form))
