"""A point injected again belongs to its cycle, from the form to the paper; until there is one, nobody sees a number."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import Clinic
from common.tenancy import tenant
from scheduling.models import Appointment
from sessions.models import InjectionPoint, InjectionSession, Paper, SolutionLot
from sessions.queries.injection_sessions import draft_of, load
from sessions.queries.signatures import broken_signatures
from tests.sessions.test_session_browser import begin
from tests.sessions.test_session_pages import filled

# A row of the table of points that says its cycle.
POINTS = re.compile(r'saphenous <span class="unit">cycle 2</span></td>')


@pytest.fixture
def session(clinic: Clinic, visit: Appointment) -> InjectionSession:
    begin(visit)
    with tenant(clinic.pk, actor="test"):
        return InjectionSession.objects.select_related("technique").get()


def lot(clinic: Clinic) -> SolutionLot:
    with tenant(clinic.pk, actor="test"):
        return SolutionLot.objects.get()


def get(visit: Appointment, name: str, session: InjectionSession) -> str:
    answer = visit.client.get(reverse(f"sessions:{name}", args=[session.pk]))  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", answer.content.decode())


def post(visit: Appointment, name: str, session: InjectionSession, typed: dict[str, Any]) -> HttpResponse:
    client = visit.client  # type: ignore[attr-defined]
    answer: HttpResponse = client.post(reverse(f"sessions:{name}", args=[session.pk]), typed)
    return answer


def twice(session: InjectionSession, lot: SolutionLot, **changes: Any) -> dict[str, Any]:
    """One point, and the same again in the second cycle, with the reason that a second run asks for."""
    again = {
        "points-1-nerve": "infrapat",
        "points-1-side": "left",
        "points-1-lot": str(lot.pk),
        "points-1-cycle": "2",
        "response-rest_after_2": "1",
    }
    return filled(session, lot, **again, **changes)


def test_the_cycle_is_stored_and_stands_on_the_sign_page_the_record_and_the_paper(
    clinic: Clinic, visit: Appointment, session: InjectionSession
) -> None:
    assert post(visit, "edit", session, twice(session, lot(clinic), act="save")).status_code == 302
    with tenant(clinic.pk, actor="test"):
        loaded = load(InjectionSession.objects.select_related("technique", "clinic").get())
        assert [row.cycle for row in draft_of(loaded).points] == [None, 2]
    assert POINTS.search(get(visit, "sign", session))

    assert post(visit, "sign", session, {"version": "2"}).status_code == 302
    assert POINTS.search(get(visit, "view", session))
    post(visit, "make_note", session, {})
    with tenant(clinic.pk, actor="test"):
        paper = Paper.objects.get()
        pages = PdfReader(io.BytesIO(bytes(paper.pdf))).pages
    assert "cycle 2" in " ".join(page.extract_text() for page in pages)


def test_the_row_comes_back_with_its_cycle(clinic: Clinic, visit: Appointment, session: InjectionSession) -> None:
    post(visit, "edit", session, twice(session, lot(clinic), act="save"))
    page = get(visit, "edit", session)
    assert '<option value="2" selected>cycle 2</option>' in page
    assert "data-row-cycle hidden" not in page


def test_with_one_cycle_no_row_shows_a_number(clinic: Clinic, visit: Appointment, session: InjectionSession) -> None:
    post(visit, "edit", session, filled(session, lot(clinic), act="save"))
    page = get(visit, "edit", session)
    assert page.count("data-row-cycle") == page.count("data-row-cycle hidden") > 0
    assert not POINTS.search(get(visit, "sign", session))


def test_two_people_see_the_cycle_in_both_texts(clinic: Clinic, visit: Appointment, session: InjectionSession) -> None:
    post(visit, "edit", session, twice(session, lot(clinic), act="save"))
    typed = twice(session, lot(clinic), act="save") | {"points-1-cycle": "3"}
    conflict = post(visit, "edit", session, typed)
    assert conflict.status_code == 409
    text = conflict.content.decode()
    assert "cycle 2" in text
    assert "cycle 3" in text


@pytest.mark.parametrize("typed", ["1", "11", "x"])
def test_a_cycle_that_does_not_exist_is_refused_beside_its_row(
    typed: str, clinic: Clinic, visit: Appointment, session: InjectionSession
) -> None:
    answer = post(visit, "edit", session, twice(session, lot(clinic), act="save") | {"points-1-cycle": typed})
    assert answer.status_code == 422


@pytest.mark.parametrize("cycle", [0, 1, 11])
def test_the_database_refuses_a_cycle_that_does_not_exist(
    cycle: int, clinic: Clinic, visit: Appointment, session: InjectionSession
) -> None:
    post(visit, "edit", session, filled(session, lot(clinic), act="save"))
    refused = pytest.raises(IntegrityError, match="sessions_point_cycle")
    with tenant(clinic.pk, actor="test"), refused, transaction.atomic():
        InjectionPoint.objects.update(cycle=cycle)


def test_a_cycle_changed_behind_the_applications_back_breaks_the_signature(
    clinic: Clinic, visit: Appointment, session: InjectionSession, as_superuser: Callable[[], None]
) -> None:
    post(visit, "edit", session, twice(session, lot(clinic), act="save"))
    post(visit, "sign", session, {"version": "2"})
    as_superuser()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE pit_sessions_injectionpoint SET cycle = 3 WHERE cycle = 2")
        cursor.execute("SET session_replication_role = origin")
    assert broken_signatures(clinic.pk) == [session.pk]
