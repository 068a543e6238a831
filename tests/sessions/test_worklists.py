"""What waits: the most urgent first, counted cheaply, without clinical words for the desk."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actors import Actor
from accounts.choices import Role
from accounts.models import Clinic
from catalogue.models import AdverseEventType
from common.tenancy import tenant
from patients.models import ContactPoint
from sessions.queries import worklists
from sessions.services import side_effects
from tests.factories.accounts import MembershipFactory
from tests.factories.patients import PatientFactory
from tests.factories.sessions import FollowUpFactory, InjectionSessionFactory, SideEffectFactory

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
URL = reverse("sessions:worklists")


def member(clinic: Clinic, role: str) -> Actor:
    return MembershipFactory(clinic=clinic, role=role).as_actor()


def test_the_most_urgent_alert_comes_first_and_the_oldest_of_equals(in_clinic: Clinic) -> None:
    for priority, hours in [("P2", 1), ("P0", 1), ("P1", 9), ("P0", 5)]:
        SideEffectFactory(clinic=in_clinic, priority=priority, reported_at=NOW - timedelta(hours=hours))
    by = member(in_clinic, Role.CLINICIAN)
    done = SideEffectFactory(clinic=in_clinic, priority="P0")
    side_effects.close(
        side_effect_id=done.pk,
        version=1,
        event_type=AdverseEventType.objects.get(code="OTHER"),
        outcome="gone",
        by=by,
        now=NOW,
    )

    rows = worklists.alert_rows(worklists.alerts(by), NOW)

    assert [(row.priority, (NOW - row.since) / timedelta(hours=1)) for row in rows] == [
        ("P0", 5),
        ("P0", 1),
        ("P1", 9),
        ("P2", 1),
    ]


@pytest.mark.parametrize(
    ("priority", "minutes", "is_taken", "is_overdue"),
    [
        ("P0", 10, False, False),
        ("P0", 11, False, True),
        ("P0", 11, True, False),
        ("P1", 120, False, False),
        ("P1", 121, False, True),
        ("P2", 9999, False, False),
    ],
)
def test_an_urgent_alert_nobody_took_in_time_is_overdue(
    in_clinic: Clinic, priority: str, minutes: int, is_taken: bool, is_overdue: bool
) -> None:
    by = member(in_clinic, Role.CLINICIAN)
    told = SideEffectFactory(clinic=in_clinic, priority=priority, reported_at=NOW - timedelta(minutes=minutes))
    if is_taken:
        side_effects.acknowledge(side_effect_id=told.pk, version=1, by=by, now=NOW)
    (row,) = worklists.alert_rows(worklists.alerts(by), NOW)
    assert row.is_overdue is is_overdue


def test_the_desk_gets_name_phone_and_priority_and_the_rest_is_not_even_read(in_clinic: Clinic) -> None:
    patient = PatientFactory(clinic=in_clinic, given_names="Ann", family_name="Lee")
    ContactPoint.objects.create(clinic=in_clinic, patient=patient, kind="phone", value="+49301")
    ContactPoint.objects.create(clinic=in_clinic, patient=patient, kind="phone", value="+49302", is_preferred=True)
    SideEffectFactory(clinic=in_clinic, patient=patient, description="numb leg", danger_signs=["weakness"])

    with CaptureQueriesContext(
        connection,
    ) as asked:
        (row,) = worklists.alert_rows(worklists.alerts(member(in_clinic, Role.FRONT_DESK)), NOW)

    assert (row.patient_name, row.phone) == ("Ann Lee", "+49302")
    assert (row.called, row.to_rule_out, row.description) == ("", "", "")
    assert "description" not in asked[-1]["sql"]


def test_the_counts_are_one_query(in_clinic: Clinic, django_assert_num_queries) -> None:
    by = member(in_clinic, Role.FRONT_DESK)
    SideEffectFactory(clinic=in_clinic, priority="P1")
    SideEffectFactory(clinic=in_clinic, priority="P3")
    FollowUpFactory(clinic=in_clinic, due_at=NOW)
    FollowUpFactory(clinic=in_clinic, due_at=NOW + timedelta(days=1))
    InjectionSessionFactory(clinic=in_clinic)
    with django_assert_num_queries(1):
        found = worklists.counts(by, now=NOW)
    # The sessions of the follow-ups are drafts too.
    assert found == worklists.Counts(urgent=1, alerts=2, follow_ups=1, unsigned=3)


def test_an_empty_clinic_counts_nothing(in_clinic: Clinic) -> None:
    assert worklists.counts(member(in_clinic, Role.CLINICIAN), now=NOW) == worklists.Counts()


def test_another_clinics_work_is_not_counted_or_shown(clinic: Clinic, other_clinic: Clinic, as_superuser) -> None:
    with tenant(other_clinic.pk):
        SideEffectFactory(clinic=other_clinic, priority="P0")
        FollowUpFactory(clinic=other_clinic)
    with tenant(clinic.pk):
        by = member(clinic, Role.CLINICIAN)
    as_superuser()
    assert worklists.counts(by, now=NOW) == worklists.Counts()
    assert not worklists.alerts(by)
    assert not worklists.follow_ups_due(by, now=NOW)
    assert not worklists.unsigned_sessions(by)
    assert worklists.urgent_alerts_since(by, NOW - timedelta(days=300)).p0 == 0


def fill(clinic: Clinic, rows: int) -> None:
    with tenant(clinic.pk, actor="test"):
        for _row in range(rows):
            session = InjectionSessionFactory(clinic=clinic)
            SideEffectFactory(clinic=clinic, patient=session.patient)
            FollowUpFactory(clinic=clinic, injection_session=session)


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.FRONT_DESK])
@pytest.mark.parametrize("url", ["worklists", "alerts", "follow_ups", "unsigned", "worklist_counts"])
def test_a_list_of_three_costs_what_a_list_of_one_costs(
    clinic: Clinic, staff_client: Callable[..., Client], role: str, url: str
) -> None:
    client = staff_client(role, clinic=clinic)
    client.get(reverse(f"sessions:{url}"))
    asked = []
    for rows in (1, 2):
        fill(clinic, rows)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(f"sessions:{url}")).status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_the_desk_sees_the_alert_but_not_what_happened(clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    with tenant(clinic.pk, actor="test"):
        patient = PatientFactory(clinic=clinic, family_name="Alertson")
        SideEffectFactory(clinic=clinic, patient=patient, priority="P0", description="secret words")
    desk = staff_client(Role.FRONT_DESK, clinic=clinic).get(URL).content.decode()
    assert "Alertson" in desk
    assert "P0 now" in desk
    assert "secret words" not in desk
    assert "Something else" not in desk
    assert "secret words" in staff_client(Role.CLINICIAN, clinic=clinic).get(URL).content.decode()


def test_a_poll_gets_the_lists_alone_and_says_a_new_urgent_alert_once(
    clinic: Clinic, staff_client: Callable[..., Client]
) -> None:
    client = staff_client(Role.CLINICIAN, clinic=clinic)
    since = timezone.now() - timedelta(minutes=1)
    with tenant(clinic.pk, actor="test"):
        SideEffectFactory(clinic=clinic, priority="P1", reported_at=timezone.now())
    poll = {"HTTP_X_POLL": "1"}

    first = client.get(URL, {"since": since.isoformat()}, **poll).content.decode()
    assert "<html" not in first
    assert "New alert to act on within 2 hours." in first

    carried = first.split("?since=")[1].split('"')[0].replace("%2B", "+").replace("%3A", ":")
    assert "New alert" not in client.get(URL, {"since": carried}, **poll).content.decode()


def test_a_long_list_is_paged(clinic: Clinic, staff_client: Callable[..., Client], monkeypatch) -> None:
    monkeypatch.setattr("sessions.views.worklists.PAGE_SIZE", 2)
    monkeypatch.setattr("sessions.views.worklists.SHOWN_OF_EACH", 2)
    with tenant(clinic.pk, actor="test"):
        for number in range(3):
            SideEffectFactory(clinic=clinic, patient=PatientFactory(clinic=clinic, family_name=f"Nr{number}"))
    client = staff_client(Role.CLINICIAN, clinic=clinic)
    assert "All 3 side effects" in client.get(URL).content.decode()
    assert "1–2 of 3" in client.get(reverse("sessions:alerts")).content.decode()
    assert "3–3 of 3" in client.get(reverse("sessions:alerts"), {"page": 2}).content.decode()


def test_empty_lists_say_what_will_appear_in_them(clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    page = staff_client(Role.CLINICIAN, clinic=clinic).get(URL).content.decode()
    assert "No side effect is open" in page
    assert "No follow-up is due" in page
    assert "Every session is signed" in page


def test_an_alarm_stands_in_the_page_itself(clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    """Without a script, and before any script has asked: on every page that has the bar."""
    with tenant(clinic.pk, actor="test"):
        SideEffectFactory(clinic=clinic, priority="P0")
    for role in (Role.CLINICIAN, Role.FRONT_DESK):
        client = staff_client(role, clinic=clinic)
        for url in ("patients:list", "scheduling:today", "sessions:worklists"):
            page = client.get(reverse(url)).content.decode()
            assert "1 urgent" in page.partition("<main")[0], url
        assert ("Nobody is on call" in page.partition("<main")[0]) is (role == Role.CLINICIAN)
    assert (
        "1 urgent" not in staff_client(Role.AUDITOR, clinic=clinic).get(reverse("sessions:audit_log")).content.decode()
    )
