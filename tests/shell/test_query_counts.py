"""Every list, board and chart asks the database as often for three rows as for one: a literal count for each."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from tests.access import objects

# Page → role, its argument (if any), its query string, and how many queries it asks, signing in and audit included.
PAGES: dict[str, tuple[str, str, str, int]] = {
    "patients:list": (Role.FRONT_DESK, "", "", 21),
    "patients:detail": (Role.FRONT_DESK, "patient_id", "", 21),
    "patients:profile": (Role.CLINICIAN, "patient_id", "", 25),
    "patients:alike": (Role.FRONT_DESK, "", "", 21),
    "patients:merge": (Role.CLINIC_ADMIN, "merge_id", "", 18),
    "patients:imports": (Role.CLINIC_ADMIN, "", "", 11),
    "scheduling:today": (Role.FRONT_DESK, "", "", 27),
    "scheduling:unconfirmed": (Role.FRONT_DESK, "", "", 11),
    "scheduling:tablets": (Role.FRONT_DESK, "", "", 11),
    "scheduling:calendar": (Role.FRONT_DESK, "", "?day=2026-03-02", 24),
    "scheduling:calendar_events": (Role.FRONT_DESK, "", "?day=2026-03-02&span=week", 22),
    "scheduling:print_day": (Role.FRONT_DESK, "", "?day=2026-03-02", 16),
    "scheduling:day_sheet": (Role.FRONT_DESK, "", "?day=2026-03-02", 14),
    "scheduling:patient_visits": (Role.FRONT_DESK, "patient_id", "", 18),
    "scheduling:waiting_list": (Role.FRONT_DESK, "", "", 19),
    "scheduling:waiting_entry": (Role.FRONT_DESK, "entry_id", "", 23),
    "scheduling:freed_slots": (Role.FRONT_DESK, "", "", 18),
    "scheduling:freed_slot": (Role.FRONT_DESK, "slot_id", "", 18),
    "scheduling:set_up": (Role.CLINIC_ADMIN, "", "", 18),
    "scheduling:resources": (Role.CLINIC_ADMIN, "", "", 16),
    "scheduling:guide": (Role.CLINIC_ADMIN, "", "", 21),
    "sessions:chart": (Role.CLINICIAN, "patient_id", "", 25),
    "sessions:review_card": (Role.CLINICIAN, "patient_id", "", 23),
    "sessions:history": (Role.CLINICIAN, "patient_id", "", 20),
    "sessions:worklists": (Role.CLINICIAN, "", "", 29),
    "sessions:recalls": (Role.CLINICIAN, "", "", 13),
    "sessions:alerts": (Role.CLINICIAN, "", "", 17),
    "sessions:follow_ups": (Role.CLINICIAN, "", "", 17),
    "sessions:unsigned": (Role.CLINICIAN, "", "", 17),
    "sessions:rules": (Role.CLINIC_ADMIN, "", "", 16),
    "sessions:rules_in_force": (Role.CLINICIAN, "", "", 16),
    "sessions:course_reviews": (Role.CLINICIAN, "", "", 17),
    "sessions:course": (Role.CLINICIAN, "course_id", "", 25),
    "sessions:measures": (Role.CLINICIAN, "course_id", "", 20),
    "sessions:pictures": (Role.CLINICIAN, "session_id", "", 19),
    "sessions:to_co_sign": (Role.CLINICIAN, "", "", 17),
    "sessions:lots": (Role.CLINICIAN, "", "", 19),
    "sessions:lot": (Role.CLINICIAN, "lot_id", "", 21),
    "sessions:products": (Role.CLINIC_ADMIN, "", "", 11),
    "sessions:consent_wording": (Role.CLINIC_ADMIN, "", "", 13),
    "sessions:recipes": (Role.CLINIC_ADMIN, "", "", 12),
    "sessions:prepare": (Role.CLINICIAN, "", "", 14),
    "reminders:messages": (Role.FRONT_DESK, "", "?day=2026-03-02", 21),
    "reminders:on_call": (Role.CLINIC_ADMIN, "", "", 16),
    "reminders:pages": (Role.CLINICIAN, "side_effect_id", "", 18),
    "sessions:audit_log": (Role.AUDITOR, "", "?record=pit_sessions_sideeffect", 27),
    "settings": (Role.CLINIC_ADMIN, "", "", 16),
    "accounts:settings": (Role.CLINIC_ADMIN, "", "", 11),
    "accounts:logo": (Role.CLINIC_ADMIN, "", "", 11),
    "accounts:people": (Role.CLINIC_ADMIN, "", "", 14),
    "accounts:person": (Role.CLINIC_ADMIN, "membership_id", "", 14),
    "sessions:open_work": (Role.CLINIC_ADMIN, "clinician_id", "", 32),
    "accounts:clinic_history": (Role.CLINIC_ADMIN, "", "", 11),
}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_as_often_for_three_rows_as_for_one(
    page: str, rows: int, clinic: Clinic, staff_client: Callable[..., Client]
) -> None:
    role, argument, query, count = PAGES[page]
    made = [objects.make(clinic, f"Row{number}") for number in range(rows)]
    client = staff_client(role, clinic=clinic)
    url = reverse(page, args=[made[0][argument]] if argument else []) + query
    assert client.get(url).status_code == 200

    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(url)

    assert len(asked) == count, "\n".join(entry["sql"][:150] for entry in asked.captured_queries)
