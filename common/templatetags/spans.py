"""Spans of time in templates, in the zone the page is in."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone

from common.span_words import span_words

register = template.Library()


@register.simple_tag
def span(starts_at: datetime, ends_at: datetime) -> str:
    """``{% span leave.starts_at leave.ends_at %}``: whole days are told by their last day."""
    return span_words(starts_at, ends_at, ZoneInfo(timezone.get_current_timezone_name()))
