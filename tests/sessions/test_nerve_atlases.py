"""The data of the nerve map: kept by the browser under the name of its content, and by nobody else."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from catalogue.models import NerveAnchor
from sessions.queries.words import words
from sessions.views.nerve_atlases import atlas_text

ADDRESS = "sessions:nerve_atlas"


@pytest.fixture
def client(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.CLINICIAN, clinic=clinic)


def test_what_is_asked_for_by_its_name_is_kept_by_this_browser_alone(client: Client) -> None:
    answer = client.get(atlas_text(words()).address)
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert set(answer.json()) == {"figures", "anchors", "regions"}


def test_under_an_old_name_the_atlas_of_today_is_given_and_not_kept(client: Client) -> None:
    answer = client.get(f"{reverse(ADDRESS)}?0123456789abcdef")
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert answer.content.decode() == atlas_text(words()).text


def test_a_refusal_is_never_kept(clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    answer = staff_client(Role.FRONT_DESK, clinic=clinic).get(atlas_text(words()).address)
    assert answer.status_code == 403
    assert answer.headers["Cache-Control"] == "no-store, private"


def test_an_anchor_that_moves_gives_the_atlas_another_name(db: None) -> None:
    before = atlas_text(words()).address
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE pit_owner")
        NerveAnchor.objects.filter(pk=NerveAnchor.objects.values("pk")[:1]).update(x=1)
        cursor.execute("SET ROLE pit_app")
    assert atlas_text(words()).address != before
