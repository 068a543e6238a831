"""Changing what protects a sign-in asks once more who is there."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.choices import Role
from accounts.models import Clinic


@pytest.mark.parametrize("path", ["2fa/totp/activate/", "2fa/webauthn/add/", "2fa/recovery-codes/generate/"])
def test_a_sign_in_of_long_ago_is_asked_again_before_a_second_factor_changes(
    clinic: Clinic, staff_client: Callable[..., Client], path: str
) -> None:
    answer = staff_client(Role.CLINICIAN, clinic=clinic).get(f"/account/{path}")
    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]
