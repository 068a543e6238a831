"""No query string brings a page down: odd values are refused kindly, never a 500."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.choices import Role
from accounts.models import Clinic
from tests.access import objects
from tests.access.test_walk import address, staff_urls

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


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.CLINIC_ADMIN, Role.FRONT_DESK])
def test_no_query_string_brings_a_page_down(role: str, clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    client = staff_client(role, clinic=clinic)
    client.raise_request_exception = False
    own = objects.make(clinic, "Own")
    broken = []
    for name, pattern in staff_urls():
        if "GET" not in pattern.callback.allowed_methods:
            continue
        url = address(name, pattern, own)
        for value in VALUES:
            asked = "&".join(f"{field}={value}" for field in NAMES)
            status = client.get(f"{url}?{asked}").status_code
            if status >= 500:
                broken.append(f"{name} with {value[:20]}: {status}")

    assert broken == []
