"""The line of points at the server: read as it is typed, expanded when the page is saved without scripts."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from sessions.models import InjectionSession
from tests.factories.sessions import InjectionSessionFactory
from tests.sessions.test_session_pages import filled


@pytest.fixture
def client(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.CLINICIAN, clinic=clinic)


@pytest.fixture
def session(clinic: Clinic) -> InjectionSession:
    with tenant(clinic.pk, actor="test"):
        return InjectionSessionFactory(clinic=clinic)


def read(client: Client, session: InjectionSession, line: str, **more: str) -> dict[str, Any]:
    answer = client.post(reverse("sessions:quick_entry", args=[session.pk]), {"line": line} | more)
    assert answer.status_code == 200
    return dict(answer.json())


def test_a_line_is_explained_in_words_with_the_side_spelt_loud(client: Client, session: InjectionSession) -> None:
    said = read(client, session, "saph infrapat L 4x0.5; gon b .4 d5w_buf deep 8mm")["said"]

    assert said == [
        "4 points, Infrapatellar branch of saphenous, LEFT, 0.5 mL each",
        "1 point, Greater occipital (C2), LEFT and RIGHT, each, 0.4 mL each, Dextrose 5 %, buffered, deep, 8 mm",
    ]


def test_a_line_makes_one_row_for_each_point(client: Client, session: InjectionSession) -> None:
    rows = read(client, session, "saph infrapat L 4x0.5; gon b 1x.4")["rows"]

    label = "N054 Infrapatellar branch of saphenous"
    assert rows[:4] == [{"nerve": label, "side": "left", "volume_ml": "0.50"}] * 4
    assert [row["side"] for row in rows[4:]] == ["left", "right"]


def test_a_piece_without_a_side_is_asked_back_by_its_words(client: Client, session: InjectionSession) -> None:
    assert read(client, session, "sural 3x.4")["refused"] == ["sural 3x.4: which side? L, R or both"]
    (which,) = read(client, session, "cluneal l .4")["refused"]
    assert "N042 Superior cluneal, N043 Middle cluneal" in which


def test_a_begun_nerve_is_completed_at_the_caret(client: Client, session: InjectionSession) -> None:
    assert read(client, session, "infrapat; sural l", caret="8")["completions"] == [
        {"text": "saph infrapat", "label": "N054 Infrapatellar branch of saphenous", "start": 0, "end": 8}
    ]


@pytest.mark.parametrize("caret", ["", "-1", "x", "99999999999", "٣"])
def test_an_odd_caret_is_the_end_of_the_line(client: Client, session: InjectionSession, caret: str) -> None:
    assert read(client, session, "infrapat", caret=caret)["completions"][0]["end"] == 8


def test_a_line_that_is_too_long_is_refused(client: Client, session: InjectionSession) -> None:
    answer = read(client, session, "sural l " * 200)
    assert answer["rows"] == []
    assert answer["refused"]


def test_reading_a_line_asks_the_database_little(
    client: Client, session: InjectionSession, figure: Callable[[str, float], None]
) -> None:
    read(client, session, "sural l .5")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        read(client, session, "sural l .5; gon b 3x.4")
    figure("quick_entry_queries", len(asked))
    assert len(asked) <= 13


def test_without_scripts_the_line_makes_its_rows_when_the_page_is_saved(
    clinic: Clinic, client: Client, session: InjectionSession
) -> None:
    url = reverse("sessions:edit", args=[session.pk])
    typed = filled(session, quick_line="sural r 2x.4; gon b 1ml deep", **{"points-0-volume_ml": "0.25"})

    assert client.post(url, typed).status_code == 302

    with tenant(clinic.pk, actor="test"):
        points = [(p.nerve.code, p.side, p.volume_ml, p.depth) for p in session.points.select_related("nerve")]
    assert points == [
        ("N054", "left", Decimal("0.25"), "subcutaneous"),
        ("N061", "right", Decimal("0.40"), "subcutaneous"),
        ("N061", "right", Decimal("0.40"), "subcutaneous"),
        ("N009", "left", Decimal("1.00"), "deep"),
        ("N009", "right", Decimal("1.00"), "deep"),
    ]


def test_a_line_that_is_not_clear_saves_nothing_and_stays(
    clinic: Clinic, client: Client, session: InjectionSession
) -> None:
    url = reverse("sessions:edit", args=[session.pk])

    page = client.post(url, filled(session, quick_line="sural 3x.4"))

    assert page.status_code == 422
    assert "sural 3x.4: which side?" in page.content.decode()
    assert 'value="sural 3x.4"' in page.content.decode()
    with tenant(clinic.pk, actor="test"):
        assert not session.points.exists()


def test_a_line_and_the_rows_together_hold_at_most_sixty_points(client: Client, session: InjectionSession) -> None:
    url = reverse("sessions:edit", args=[session.pk])

    assert client.post(url, filled(session, quick_line="sural r 60x.4")).status_code == 422
    assert client.post(url, filled(session, quick_line="sural r 59x.4")).status_code == 302
