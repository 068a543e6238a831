"""The codes of a consent, in words."""

from django import template

from sessions.forms.consents import RISK_NAMES

register = template.Library()


@register.filter
def risk_name(code: str) -> str:
    """``PTX``: near the lung. A code without words stays as it is."""
    return str(RISK_NAMES.get(code, code))
