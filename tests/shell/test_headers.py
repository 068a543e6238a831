"""What every answer says to the browser, error pages included."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic

WANTED = {
    "Cache-Control": "no-store, private",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/account/login/", 200),
        ("/healthz", 200),
        ("/readyz", 200),
        ("/nowhere/", 404),
        ("/account/login/?next=%00", 200),
    ],
)
def test_every_answer_carries_the_headers(db: None, path: str, status: int) -> None:
    response = Client(raise_request_exception=False).get(path)

    assert response.status_code == status
    assert {name: response.headers.get(name) for name in WANTED} == WANTED


def test_the_content_policy_allows_no_inline_code_and_no_other_origin(db: None) -> None:
    policy = Client().get("/account/login/").headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_a_refusal_carries_the_headers_too(clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    response = staff_client(Role.FRONT_DESK, clinic=clinic).get(reverse("accounts:settings"))

    assert response.status_code == 403
    assert {name: response.headers.get(name) for name in WANTED} == WANTED


def test_a_request_for_another_host_is_refused(db: None) -> None:
    assert Client().get("/account/login/", headers={"host": "evil.example"}).status_code == 400


def test_a_post_without_the_form_token_is_refused(clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    signed_in = staff_client(Role.CLINIC_ADMIN, clinic=clinic)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed_in.cookies

    assert strict.post(reverse("accounts:settings"), {}).status_code == 403
