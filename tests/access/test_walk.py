"""Every URL × every role × own, foreign and missing object × reading and writing, as the permission table says."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from tests.access import objects
from tests.access.walking import OWN, address, staff_urls, walk
from tests.factories.accounts import MembershipFactory, UserFactory


@pytest.mark.slow
def test_every_url_answers_each_role_as_the_table_says(
    clinic: Clinic, other_clinic: Clinic, figure: Callable[[str, float], None]
) -> None:
    tally = walk(clinic, other_clinic)

    figure("access_cells_checked", tally.checked)
    figure("access_cells_wrong", len(tally.wrong))
    figure("duplicate_ids", len(tally.twice))
    assert tally.wrong == []
    assert tally.twice == set()
    assert tally.checked > 0


def test_a_member_without_a_second_factor_reaches_only_the_page_that_sets_one_up(clinic: Clinic) -> None:
    with tenant(clinic.pk, actor="test"):
        member = MembershipFactory(clinic=clinic, user=UserFactory())
    somewhere = objects.make(clinic, OWN)
    for name, pattern in staff_urls():
        client = Client()
        client.force_login(member.user, backend=settings.AUTHENTICATION_BACKENDS[0])
        url = address(name, pattern, somewhere)

        response = client.get(url)

        assert (response.status_code, response.headers.get("Location")) == (302, reverse("mfa_index")), name


def test_a_role_taken_away_counts_from_the_next_request(clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    client = staff_client(Role.CLINIC_ADMIN, clinic=clinic)
    assert client.get(reverse("accounts:settings")).status_code == 200

    with tenant(clinic.pk, actor="test"):
        MembershipFactory(clinic=clinic, role=Role.CLINIC_ADMIN)  # a clinic keeps an admin
        client.member.is_active = False  # type: ignore[attr-defined]
        client.member.save()  # type: ignore[attr-defined]

    assert client.get(reverse("accounts:settings")).status_code == 403
