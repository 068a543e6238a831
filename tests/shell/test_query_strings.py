"""No query string brings a page down: odd values are refused kindly, never a 500."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.choices import Role
from accounts.models import Clinic
from accounts.permissions import may
from tests.access import objects
from tests.access.walking import address, staff_urls

NAMES = (
    "q", "page", "day", "date", "before", "after", "kind", "state", "patient", "cursor", "status", "sort", "type",
    "clinician", "technique", "course", "when", "from", "visit_type", "show", "key", "next", "tab", "solution", "n",
)  # fmt: skip
VALUES = (
    "%00",
    "%ff%fe",
    "'%3B--",
    "-1",
    "9" * 400,
    "NaN",
    "2026-02-31",
    "%7B%7B7*7%7D%7D",
    "a" * 10_000,
    "%F0%9F%92%A9",
)
TURNS = 4


@pytest.mark.slow
def test_no_query_string_brings_a_page_down(clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    """Each page, as the first role that may open it; every name meets every odd value within a few pages."""
    own = objects.make(clinic, "Own")
    clients = {role: staff_client(role, clinic=clinic) for role in Role.values}
    broken = []
    for page, (name, pattern) in enumerate(staff_urls()):
        if "GET" not in pattern.callback.allowed_methods:
            continue
        client = clients[next(role for role in Role.values if may(role, pattern.callback.required_act))]
        client.raise_request_exception = False
        url = address(name, pattern, own)
        for turn in range(TURNS):
            values = [VALUES[(turn * 3 + page + place) % len(VALUES)] for place in range(len(NAMES))]
            asked = "&".join(f"{field}={value}" for field, value in zip(NAMES, values, strict=True))
            status = client.get(f"{url}?{asked}").status_code
            if status >= 500:
                broken.append(f"{name}, turn {turn}: {status}")

    assert broken == []
