"""When what was tapped on the page, by the server's clock as the page knows it. Nothing here saves."""

import json
from datetime import UTC, datetime
from typing import Any

from django import forms

# Later than any clock that is right, and still a date (milliseconds since 1970).
_LATEST_MS = 10_000_000_000_000


class ActsField(forms.CharField):
    """Field or part of the page → when it was answered last. What is no such thing is left out: no save fails by it."""

    def __init__(self) -> None:
        widget = forms.HiddenInput(attrs={"autocomplete": "off", "data-acts": True})
        super().__init__(max_length=40_000, required=False, widget=widget)

    def clean(self, value: Any) -> dict[str, datetime]:
        try:
            found = json.loads(value or "{}")
        except (ValueError, RecursionError):
            return {}
        if not isinstance(found, dict):
            return {}
        return {str(name): datetime.fromtimestamp(ms / 1000, UTC) for name, ms in found.items() if _is_time(ms)}


def _is_time(ms: Any) -> bool:
    return isinstance(ms, int) and not isinstance(ms, bool) and 0 < ms < _LATEST_MS
