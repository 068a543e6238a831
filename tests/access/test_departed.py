"""Who died or left: every page that names them says so, and none offers what would only be refused."""

import logging
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from accounts.choices import Role
from accounts.models import Clinic
from accounts.permissions import Act, may
from common.tenancy import tenant
from patients.models import Patient
from patients.services import name_tokens
from reminders.models import Message
from scheduling.models import Appointment, SlotHold, WaitingEntry
from sessions.models import Course, PictureConsent
from sessions.services import pictures
from tests.access import objects
from tests.access.walking import address, staff_urls, view_of

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FAMILY_NAME = "Gonesentinel"
NAME = re.compile(f"Sam {FAMILY_NAME}|{FAMILY_NAME}, Sam")
SAID = re.compile(r'status-word"[^>]*>\s*(Deceased|Left the clinic)|\((Deceased|Left the clinic)\)')
# What refuses them on submit: no page that acts on this patient may lead there.
REFUSED = {
    "scheduling:book", "scheduling:find_for", "scheduling:keep_for", "scheduling:keep_choice", "scheduling:kept",
    "scheduling:keep_longer", "scheduling:put_on_board", "scheduling:add_waiting", "scheduling:restore_waiting",
    "scheduling:extend_series", "scheduling:move", "scheduling:check_in", "scheduling:no_show", "scheduling:confirm",
    "scheduling:accept_offer", "scheduling:offer_by_hand", "reminders:send_now", "reminders:resume",
    "patients:ask-code", "sessions:open_course", "sessions:give_picture_consent", "sessions:call_recall",
}  # fmt: skip
# They list what was written, of any patient, and act on none.
LISTS = {"sessions:audit_log", "sessions:history", "patients:import"}
TAGS = re.compile(r"(?:href|action|hx-get|hx-post)=\"(/[^\"#?]*)")


@pytest.fixture
def people(clinic: Clinic, staff_client: Callable[..., Client]) -> dict[str, Client]:
    return {role: staff_client(role, clinic=clinic) for role in (Role.CLINICIAN, Role.FRONT_DESK, Role.CLINIC_ADMIN)}


@time_machine.travel(NOW, tick=False)
def test_every_page_says_it_and_offers_nothing_that_is_refused(clinic: Clinic, people: dict[str, Client]) -> None:
    values = objects.make(clinic, FAMILY_NAME)
    _ready_to_be_acted_on(clinic, values)
    seen, wrong = 0, []
    logging.disable(logging.CRITICAL)
    for status in ("arrived", "booked", "cancelled"):
        _now(clinic, values["appointment_id"], status)
        _mark(clinic, **({"is_deceased": True} if status == "booked" else {"left_date": date(2026, 2, 1)}))
        for cell, page in _pages(people, values, only_visits=status != "booked"):
            seen += 1
            wrong += [f"{cell} {status}: {fault}" for fault in _faults(page, values)]
    logging.disable(logging.NOTSET)
    assert not wrong, "\n".join(wrong)
    assert seen > 100


def _ready_to_be_acted_on(clinic: Clinic, values: dict[str, Any]) -> None:
    """What waits is to come, so that there is something to do about it."""
    with tenant(clinic.pk, actor="test"):
        name_tokens.add(clinic_id=clinic.pk, names={values["patient_id"]: ("Sam", FAMILY_NAME, "")})
        SlotHold.objects.filter(pk=values["hold_id"]).update(patient_id=values["patient_id"])
        WaitingEntry.objects.filter(pk=values["entry_id"]).update(status="waiting")
        Message.objects.filter(pk=values["message_id"]).update(
            due_at=NOW + timedelta(hours=1), next_at=NOW + timedelta(hours=1), expires_at=NOW + timedelta(days=7)
        )


def _mark(clinic: Clinic, *, is_deceased: bool = False, left_date: date | None = None) -> None:
    with tenant(clinic.pk, actor="test"):
        everybody = Patient.objects.standing().filter(family_name=FAMILY_NAME)
        everybody.update(is_deceased=is_deceased, left_date=left_date)


def _now(clinic: Clinic, appointment_id: UUID, status: str) -> None:
    said = {"cancelled_by": "clinic", "cancel_reason": "closed"} if status == "cancelled" else {}
    _mark(clinic)
    with tenant(clinic.pk, actor="test"):
        Appointment.objects.filter(pk=appointment_id).update(status=status, **said)


def _pages(people: dict[str, Client], values: dict[str, Any], *, only_visits: bool) -> Iterator[tuple[str, str]]:
    for name, pattern in staff_urls():
        view = view_of(pattern)
        is_left_out = only_visits and "appointment_id" not in pattern.pattern.converters and name != "scheduling:today"
        if "GET" not in view.allowed_methods or name in LISTS or is_left_out:
            continue
        for role in _who(view.required_act):
            answer = people[role].get(address(name, pattern, values))
            if answer.headers["Content-Type"].startswith("text/html") and not answer.streaming:
                yield f"{name} as {role}", unescape(answer.content.decode())
    for url in ("scheduling:walk_in", "patients:search", "patients:choose"):
        found = unescape(people[Role.FRONT_DESK].post(reverse(url), {"q": FAMILY_NAME}).content.decode())
        assert NAME.search(found), url
        yield f"{url} found", found


def _who(act: Act) -> list[Role]:
    """Whoever of them may and comes first: what the desk sees of it, the others see too."""
    return [role for role in (Role.FRONT_DESK, Role.CLINICIAN, Role.CLINIC_ADMIN) if may(role, act)][:1]


def _faults(page: str, values: dict[str, Any]) -> Iterator[str]:
    if NAME.search(page) and not SAID.search(page):
        yield "names the patient and does not say it"
    own = {value for value in values.values() if isinstance(value, UUID)}
    for path in sorted(set(TAGS.findall(page))):
        try:
            found = resolve(path)
        except Resolver404:
            continue
        if found.view_name in REFUSED and own.intersection(found.kwargs.values()):
            yield f"leads to {found.view_name}"


@time_machine.travel(NOW, tick=False)
def test_what_is_sent_all_the_same_is_refused_in_words_and_changes_nothing(
    clinic: Clinic, people: dict[str, Client]
) -> None:
    """From a page that was open before, or another tab."""
    values = objects.make(clinic, FAMILY_NAME)
    _ready_to_be_acted_on(clinic, values)
    _now(clinic, values["appointment_id"], "booked")
    with tenant(clinic.pk, actor="test"):
        consent = PictureConsent.objects.get(pk=values["picture_consent_id"])
        pictures.withdraw_consent(consent=consent, by=consent.taken_by.as_actor(), now=NOW)
    _mark(clinic, is_deceased=True)
    before = _stored(clinic)
    sent: dict[str, dict[str, Any]] = {
        "scheduling:check_in": {"marks": ["birth_date", "full_name"], "version": 1},
        "scheduling:no_show": {"reason": "ill", "version": 1},
        "scheduling:confirm": {"version": 1},
        "scheduling:change_status": {"to": "confirmed", "version": 1, "back": "visit"},
        "reminders:send_now": {},
        "sessions:open_course": {
            "condition": values["condition_id"], "planned_sessions": 6, "interval_days": 7, "goal_1": "Walk",
        },
        "sessions:give_picture_consent": {"signed_name": "Sam", "signed_as": "patient"},
    }  # fmt: skip
    patterns = dict(staff_urls())
    for name, form in sent.items():
        (role,) = _who(view_of(patterns[name]).required_act)
        answer = people[role].post(address(name, patterns[name], values), form | {"once": str(uuid4())}, follow=True)
        assert "bring the patient back first" in answer.content.decode(), name
        assert _stored(clinic) == before, name


def _stored(clinic: Clinic) -> list[Any]:
    with tenant(clinic.pk, actor="test"):
        return [
            sorted(Appointment.objects.values_list("pk", "status", "version")),
            sorted(Message.objects.values_list("pk", "state", "is_requested")),
            Course.objects.count(),
            PictureConsent.objects.filter(withdrawn_at__isnull=True).count(),
        ]
