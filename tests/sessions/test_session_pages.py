"""The session page: start, type, save, look over, sign, read, amend, with and without scripts."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Clinic
from catalogue.models import ScreeningItem, Solution
from common.tenancy import tenant
from scheduling.choices import VisitStatus
from scheduling.models import Appointment
from sessions.models import InjectionSession, SolutionLot
from sessions.services import injection_sessions as service
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.treatments import SolutionLotFactory, a_draft, a_time_out, actor_of


@pytest.fixture
def client(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.CLINICIAN, clinic=clinic)


@pytest.fixture
def visit(clinic: Clinic, client: Client) -> Appointment:
    with tenant(clinic.pk, actor="test"):
        return AppointmentFactory(
            clinic=clinic,
            clinician=client.member,  # type: ignore[attr-defined]
            patient=PatientFactory(clinic=clinic, family_name="Example"),
            status=VisitStatus.ARRIVED,
            starts_at=timezone.now(),
        )


@pytest.fixture
def lot(clinic: Clinic) -> SolutionLot:
    with tenant(clinic.pk, actor="test"):
        return SolutionLotFactory(clinic=clinic)


@pytest.fixture
def session(clinic: Clinic, client: Client, visit: Appointment) -> InjectionSession:
    client.post(reverse("sessions:start", args=[visit.pk]))
    with tenant(clinic.pk, actor="test"):
        return InjectionSession.objects.select_related("technique").get()


def filled(session: InjectionSession, lot: SolutionLot | None = None, **changes: Any) -> dict[str, Any]:
    """The page as a clinician fills it for one point on the left infrapatellar branch."""
    solution = Solution.objects.get(code="D5W_BUF")
    typed: dict[str, Any] = {
        "version": "1",
        "technique": str(session.technique_id),
        "guidance": "palpation",
        "rest_before": "6",
        "rest_after": "2",
        "sharps_out": "1",
        "sharps_in": "1",
        "observation-is_walking": "yes",
        "observation-is_free_of_dizziness": "yes",
        "observation-has_dry_sites": "yes",
        "consent_name": "Aroha Example",
        "consent_as": "patient",
        "points-TOTAL_FORMS": "3",
        "points-INITIAL_FORMS": "0",
        "points-0-nerve": "infrapat",
        "points-0-side": "left",
    }
    for row in range(3):
        typed |= {
            f"points-{row}-volume_ml": "0.5",
            f"points-{row}-depth": "subcutaneous",
            f"points-{row}-solution": str(solution.pk),
        }
    confirmed = a_time_out(lot=lot)
    typed |= {"time_out-fingerprint": confirmed.fingerprint, "time_out-items": sorted(confirmed.items)}
    if lot:
        typed["points-0-lot"] = str(lot.pk)
    for item in ScreeningItem.objects.current():
        typed[f"screening-{item.code}"] = "yes" if item.is_concern_when_no else "no"
    return typed | changes


def edit_url(session: InjectionSession) -> str:
    return reverse("sessions:edit", args=[session.pk])


def test_a_session_is_written_looked_over_and_signed(
    clinic: Clinic, client: Client, session: InjectionSession, lot: SolutionLot
) -> None:
    saved = client.post(edit_url(session), filled(session, lot, act="review"))
    assert saved.headers["Location"] == reverse("sessions:sign", args=[session.pk])
    summary = client.get(saved.headers["Location"]).content.decode()
    assert "Every rule is kept" in summary
    assert "Infrapatellar" in summary

    signed = client.post(saved.headers["Location"], {"version": "2"})

    assert signed.headers["Location"] == reverse("sessions:view", args=[session.pk])
    record = client.get(signed.headers["Location"]).content.decode()
    assert "SHA-256" in record
    assert lot.lot_number in record
    assert "The signature is not valid" not in record


def test_starting_again_opens_the_same_session(client: Client, visit: Appointment, session: InjectionSession) -> None:
    again = client.post(reverse("sessions:start", args=[visit.pk]))
    assert again.headers["Location"] == edit_url(session)


def test_a_visit_that_is_only_booked_cannot_start(clinic: Clinic, client: Client) -> None:
    with tenant(clinic.pk, actor="test"):
        visit = AppointmentFactory(clinic=clinic)

    refused = client.post(reverse("sessions:start", args=[visit.pk]))

    assert refused.status_code == 409
    assert "arrived" in refused.content.decode()


def test_what_was_typed_stays_when_something_is_wrong(client: Client, session: InjectionSession) -> None:
    typed = filled(session, **{"points-0-nerve": "peroneal", "note": "kept as typed"})

    page = client.post(edit_url(session), typed)

    text = page.content.decode()
    assert page.status_code == 422
    assert "Which one?" in text
    assert "kept as typed" in text
    assert 'value="peroneal"' in text


def test_a_lateral_nerve_without_a_side_is_refused_at_the_form(client: Client, session: InjectionSession) -> None:
    typed = filled(session)
    del typed["points-0-side"]

    page = client.post(edit_url(session), typed)

    assert page.status_code == 422
    assert "Which side?" in page.content.decode()


def test_a_stale_page_shows_both_texts_and_overwrites_nothing(
    clinic: Clinic, client: Client, session: InjectionSession
) -> None:
    client.post(edit_url(session), filled(session, note="theirs, stored first"))

    conflict = client.post(edit_url(session), filled(session, note="mine, typed later"))

    text = conflict.content.decode()
    assert conflict.status_code == 409
    assert "theirs, stored first" in text
    assert "mine, typed later" in text
    with tenant(clinic.pk, actor="test"):
        assert InjectionSession.objects.get().note == "theirs, stored first"


def test_saving_from_the_conflict_page_keeps_mine_knowingly(
    clinic: Clinic, client: Client, session: InjectionSession
) -> None:
    client.post(edit_url(session), filled(session, note="theirs"))

    client.post(edit_url(session), filled(session, note="mine", version="2"))

    with tenant(clinic.pk, actor="test"):
        assert InjectionSession.objects.get().note == "mine"


def test_a_warning_asks_for_a_reason_and_takes_it(
    clinic: Clinic, client: Client, session: InjectionSession, lot: SolutionLot
) -> None:
    client.post(edit_url(session), filled(session, lot, amount_drawn_ml="5"))
    url = reverse("sessions:sign", args=[session.pk])
    page = client.get(url)
    (asked,) = list(page.context["reasons"].asked)
    assert asked.finding.rule.id == "V19"

    without = client.post(url, {"version": "2"})
    assert without.status_code == 422
    signed = client.post(url, {"version": "2", asked.reason.html_name: "The rest was discarded"})

    assert signed.status_code == 302
    record = client.get(reverse("sessions:view", args=[session.pk])).content.decode()
    assert "The rest was discarded" in record


def test_signing_an_older_version_than_the_stored_one_is_refused(
    client: Client, session: InjectionSession, lot: SolutionLot
) -> None:
    client.post(edit_url(session), filled(session, lot))
    client.post(edit_url(session), filled(session, lot, version="2", note="changed since"))

    refused = client.post(reverse("sessions:sign", args=[session.pk]), {"version": "2"})

    assert refused.status_code == 409
    assert "changed since" in refused.content.decode()


def test_the_totals_follow_what_is_typed_and_store_nothing(
    clinic: Clinic, client: Client, session: InjectionSession
) -> None:
    typed = filled(session, **{"points-0-volume_ml": "20", "points-1-nerve": "not a nerve", "points-1-side": "left"})

    answer = client.post(reverse("sessions:totals", args=[session.pk]), typed).content.decode()

    assert "20.00" in answer
    assert "1.000" in answer  # grams of dextrose
    with tenant(clinic.pk, actor="test"):
        assert not InjectionSession.objects.get().points.exists()


def test_a_row_marked_for_removal_is_gone_after_saving(
    clinic: Clinic, client: Client, session: InjectionSession
) -> None:
    client.post(edit_url(session), filled(session))
    typed = filled(session, version="2", **{"points-INITIAL_FORMS": "1", "points-0-DELETE": "on"})

    client.post(edit_url(session), typed)

    with tenant(clinic.pk, actor="test"):
        assert not InjectionSession.objects.get().points.exists()


def test_a_signed_session_opens_as_a_record_only(client: Client, session: InjectionSession, lot: SolutionLot) -> None:
    client.post(edit_url(session), filled(session, lot))
    client.post(reverse("sessions:sign", args=[session.pk]), {"version": "2"})

    assert client.get(edit_url(session)).headers["Location"] == reverse("sessions:view", args=[session.pk])
    addendum = client.post(reverse("sessions:add_addendum", args=[session.pk]), {"text": "Patient phoned: well"})
    assert "Patient phoned: well" in client.get(addendum.headers["Location"]).content.decode()
    client.post(reverse("sessions:void", args=[session.pk]), {"reason": "Wrong patient"})
    assert "Wrong patient" in client.get(addendum.headers["Location"]).content.decode()


def test_a_hard_stop_is_lifted_by_a_clinicians_reason_and_the_record_says_so(
    client: Client, session: InjectionSession, lot: SolutionLot
) -> None:
    with_infection = {"screening-INFECTION": "yes", "screening-INFECTION_detail": "old scar"}
    client.post(edit_url(session), filled(session, lot, **with_infection))
    page = client.get(edit_url(session))
    (asked,) = list(page.context["forms"].reasons.asked)
    assert (asked.finding.rule.id, asked.finding.rule.level) == ("V11", "stop_or_override")

    lifted = {asked.reason.html_name: "Healed weeks ago", "version": "2", "consent_name": ""}
    client.post(edit_url(session), filled(session, lot, **with_infection, **lifted))
    signed = client.post(reverse("sessions:sign", args=[session.pk]), {"version": "3"})

    record = client.get(signed.headers["Location"]).content.decode()
    assert "Healed weeks ago" in record
    assert "old scar" in record


def test_a_record_changed_behind_the_applications_back_says_so(
    client: Client, session: InjectionSession, lot: SolutionLot, as_superuser: Callable[[], None]
) -> None:
    client.post(edit_url(session), filled(session, lot))
    client.post(reverse("sessions:sign", args=[session.pk]), {"version": "2"})
    as_superuser()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE pit_sessions_injectionsession SET note = 'nothing happened'")
        cursor.execute("SET session_replication_role = origin")

    record = client.get(reverse("sessions:view", args=[session.pk])).content.decode()

    assert "The signature is not valid" in record


def test_another_clinics_session_is_not_there(
    other_clinic: Clinic, session: InjectionSession, staff_client: Callable[..., Client]
) -> None:
    stranger = staff_client(Role.CLINICIAN, clinic=other_clinic)

    for name in ("edit", "sign", "view"):
        assert stranger.get(reverse(f"sessions:{name}", args=[session.pk])).status_code == 404


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.AUDITOR, Role.RESEARCHER, Role.CLINIC_ADMIN])
def test_only_a_clinician_reads_a_session(
    clinic: Clinic, session: InjectionSession, staff_client: Callable[..., Client], role: Role
) -> None:
    assert staff_client(role, clinic=clinic).get(reverse("sessions:view", args=[session.pk])).status_code == 403


@pytest.mark.parametrize("name", ["edit", "sign", "view"])
def test_the_pages_of_a_session_ask_as_much_for_four_points_as_for_two(
    name: str,
    clinic: Clinic,
    client: Client,
    session: InjectionSession,
    lot: SolutionLot,
    figure: Callable[[str, float], None],
) -> None:
    counts = []
    for version, points in ((1, 1), (2, 3)):
        whole = a_draft(lot=lot)
        draft = replace(whole, points=whole.points * points, consent=whole.consent if version == 1 else None)
        with tenant(clinic.pk, actor="test"):
            service.save_draft(
                injection_session=session,
                version=version,
                draft=draft,
                by=actor_of(client.member),  # type: ignore[attr-defined]
                now=timezone.now(),
            )
        client.get(reverse(f"sessions:{name}", args=[session.pk]))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse(f"sessions:{name}", args=[session.pk]))
        counts.append(len(queries))
    figure(f"session_{name}_queries", counts[0])
    assert counts[0] == counts[1]
    assert counts[0] <= 37
