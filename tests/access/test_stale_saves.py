"""Two people have one settings form open: whoever saves second undoes nothing of what the first one saved."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic, OnCallPerson
from accounts.permissions import Act
from audit.models import AuditEvent
from catalogue.models import Technique
from common.tenancy import tenant
from scheduling.models import Credential
from tests.access import objects
from tests.access.changing import CHANGING, SAME_VIEW
from tests.access.creating import CREATING
from tests.access.pages import Fields, form_with, forms_of
from tests.access.walking import address, staff_urls, view_of
from tests.factories.accounts import on_call
from tests.factories.treatments import WORDS_OF_CONSENT
from tests.scheduling.conftest import Practice, at, make_practice
from tests.staff import PAGES, StaffClient

SETTINGS = {Act.CHANGE_SETTINGS, Act.SET_UP_SCHEDULE, Act.MANAGE_STOCK}
_BOOKKEEPING = {"seen", "once", "csrfmiddlewaretoken"}
Typed = dict[str, str]


@dataclass(frozen=True)
class Form:
    """What the first one changes and what the second one does; ``also`` is typed by both and stands nowhere."""

    first: Typed
    second: Typed
    also: Typed = field(default_factory=dict)


FORMS: dict[str, Form] = {
    "accounts:settings": Form({"urgent_phone": "+49 30 7654321"}, {"sender_name": "Your clinic"}),
    "sessions:change_role": Form({"role": "auditor"}, {"role": "researcher"}),
    "scheduling:desk_rules": Form({"no_show_after_minutes": "20"}, {"no_show_after_minutes": "30"}),
    "scheduling:change_room": Form({"capacity": "3"}, {"name": "Garden room"}),
    "scheduling:change_visit_type": Form({"duration_minutes": "50", "name": "Talk"}, {"turnover_minutes": "15"}),
    "scheduling:change_equipment": Form({"quantity": "4"}, {"name": "Scanner", "quantity": "5"}),
    "scheduling:booking_rule": Form({"max_treatments_per_day": "6"}, {"can_chaperone": "on"}),
    "sessions:consent_wording": Form(
        {"text": WORDS_OF_CONSENT},
        {"risk_PTX": "A lung may be touched."},
        also={"reason": "shorter", "says_off_label": "on"},
    ),
    "sessions:rules": Form(
        {"limit_point_ml_subcutaneous": "0.8"}, {"limit_days_between_sessions": "21"}, also={"reason": "small bottles"}
    ),
    "sessions:stock_rules": Form({"mix_hours": "5"}, {"ph_low": "6.8", "mix_hours": "3"}),
    "sessions:product": Form({"maker": "Braun"}, {"hours_once_opened": "4"}),
    "sessions:recipe": Form({"hours": "6"}, {"source": "Our clinicians, 2026"}),
    "sessions:correct_lot": Form({"lot_number": "AB-7"}, {"expiry_date": "2031-01-31"}, also={"reason": "mistyped"}),
    "reminders:on_call_mobile": Form({"mobile": "+49 170 1234567"}, {"mobile": "+49 171 7654321"}),
}
ELSEWHERE = {
    "accounts:logo": "a picture takes the place of another; there is no part of it to lose",
    "accounts:co_signature": "each state offers the other one only, and says which",
    "reminders:move_on_call": "a test of its own, below",
    "sessions:recall": "a list that leaves after a password; nothing is written over",
    "sessions:release_lot": "one tap with a reason; what is released already is refused",
    "sessions:quarantine_lot": "one tap with a reason; what is set aside already is refused",
    "sessions:discard_container": "one tap with a reason; what is discarded already is refused",
}


@pytest.fixture
def practice(clinic: Clinic) -> Iterator[Practice]:
    with time_machine.travel(at(8, 50), tick=False), tenant(clinic.pk, actor="test"):
        yield make_practice(clinic)


@pytest.fixture
def colleagues(practice: Practice, staff_client: Callable[..., StaffClient]) -> tuple[StaffClient, StaffClient]:
    one, other = (staff_client(Role.CLINIC_ADMIN, clinic=practice.clinic) for _number in range(2))
    return one, other


def test_no_settings_form_is_forgotten() -> None:
    """Whatever is a page with a form, or writes over a row, behind an act that changes settings."""
    asked = set()
    for name, pattern in staff_urls():
        view = view_of(pattern)
        if view.required_act in SETTINGS and "POST" in view.allowed_methods and name not in CREATING:
            writes_over = CHANGING.get(name) in {CHANGING["scheduling:desk_rules"], SAME_VIEW}
            if "GET" in view.allowed_methods or writes_over or name in ELSEWHERE:
                asked.add(name)
            assert name not in FORMS or view.is_one_by_one, f"{name} compares and writes at two moments"
    assert asked == set(FORMS) | set(ELSEWHERE)


def _page_of(name: str, target: str, made: dict[str, Any]) -> str:
    return PAGES[name]({"membership_id": made["membership_id"]}) if name in PAGES else target


def _standing(client: StaffClient, page: str, typed: Form) -> Fields:
    fields = form_with(client.get(page).content, "seen")
    return {name: values for name, values in fields.items() if name not in {*_BOOKKEEPING, *typed.also}}


def _sent(fields: Fields, *typed: Typed) -> Fields:
    return {**fields, **{name: [value] for one in typed for name, value in one.items()}}


def _saved(client: StaffClient, target: str, fields: Fields) -> HttpResponse:
    """The answer to a save; a page that first shows what it would do is told to do it."""
    answer = client.post(target, fields)
    if answer.status_code == 200 and b'value="publish"' in answer.content:
        return client.post(target, form_with(answer.content, "seen") | {"act": ["publish"]})
    return answer


def test_a_stale_save_undoes_nothing_of_a_colleagues(
    practice: Practice, colleagues: tuple[StaffClient, StaffClient], figure: Callable[[str, float], None]
) -> None:
    made = objects.make(practice.clinic, "Stale")
    first, second = colleagues
    patterns = dict(staff_urls())
    lost = []
    for name, form in FORMS.items():
        target = address(name, patterns[name], made)
        page = _page_of(name, target, made)
        opened = form_with(second.get(page).content, "seen")
        before = _standing(first, page, form)
        answer = _saved(first, target, _sent(form_with(first.get(page).content, "seen"), form.first, form.also))
        assert answer.status_code == 302, (name, answer.content.decode()[-3000:])
        saved = _standing(first, page, form)
        assert set(form.first) <= {one for one in saved if saved[one] != before.get(one)}, name

        late = second.post(target, _sent(opened, form.second, form.also))

        if _standing(first, page, form) != saved:
            lost.append(name)
        assert late.status_code == 409, name
        _told(name, late.content, first, form)
        again = form_with(late.content, "seen")
        assert all(again[one] == [value] for one, value in (form.second | form.also).items()), name
        assert all(again[one] == saved[one] for one in saved if one not in form.second), name

        answer = _saved(second, target, again)

        assert answer.status_code == 302, (name, answer.content.decode()[-3000:])
        stands = _standing(first, page, form)
        names = set(saved) | set(stands)
        assert {one for one in names if stands.get(one) != saved.get(one)} == set(form.second), name
    figure("stale_saves_lost", len(lost))
    assert not lost
    _blamed(
        practice.clinic, second, {"urgent_phone", "capacity", "duration_minutes", "max_treatments_per_day", "maker"}
    )


def _told(name: str, page: bytes, first: StaffClient, form: Form) -> None:
    """Who saved it, and each field that they changed: theirs beside one's own."""
    body = page.decode()
    assert "This was changed while you had it open" in body, name
    assert body.count(f"<span>{first.member.user.full_name},") >= len(form.first), name
    if not set(form.first) <= set(form.second):
        assert "not changed by you" in body, name


def _blamed(clinic: Clinic, second: StaffClient, theirs: set[str]) -> None:
    """The trail names the second one for nothing that the first one changed."""
    with tenant(clinic.pk):
        events = AuditEvent.objects.filter(actor=f"user:{second.member.user_id}", kind="update")
        changed = {column for event in events for column in event.changes or {}}
    assert {"sender_name", "turnover_minutes", "hours_once_opened"} <= changed
    assert not theirs & changed


def test_a_form_that_does_not_say_what_it_showed_is_shown_once_more(
    practice: Practice, colleagues: tuple[StaffClient, StaffClient]
) -> None:
    client, _other = colleagues
    target = reverse("scheduling:change_room", args=[practice.room.pk])
    fields = form_with(client.get(target).content, "seen") | {"name": ["Garden room"], "seen": ["forged"]}

    answer = client.post(target, fields)

    assert answer.status_code == 409
    practice.room.refresh_from_db()
    assert practice.room.name == "Room A"
    assert client.post(target, form_with(answer.content, "seen")).status_code == 302


def test_a_second_credential_of_one_technique_replaces_none_unseen(
    practice: Practice, colleagues: tuple[StaffClient, StaffClient]
) -> None:
    first, second = colleagues
    target = reverse("scheduling:add_credential")
    typed = {"clinician": str(practice.clinician.pk), "technique": str(Technique.objects.order_by("code")[0].pk)}
    opened = form_with(second.get(target).content, "seen")
    assert first.post(target, typed | {"valid_from_date": "2026-01-01", "body_parts": "head_neck"}).status_code == 302

    late = second.post(target, _sent(opened, typed, {"valid_until_date": "2027-06-30"}))

    assert late.status_code == 409
    credential = Credential.objects.get()
    assert (str(credential.valid_from_date), credential.valid_until_date) == ("2026-01-01", None)
    assert second.post(target, form_with(late.content, "seen")).status_code == 302
    credential.refresh_from_db()
    stands = (str(credential.valid_from_date), str(credential.valid_until_date), credential.body_parts)
    assert stands == ("2026-01-01", "2027-06-30", ["head_neck"])


def test_the_order_on_call_is_moved_only_as_it_was_seen(
    practice: Practice, colleagues: tuple[StaffClient, StaffClient]
) -> None:
    first, second = colleagues
    people = on_call(practice.clinic, "", "", "")
    page = second.get(reverse("reminders:on_call")).content
    (order,) = next(form for form in forms_of(page) if "order" in form)["order"]
    target = reverse("reminders:move_on_call", args=[people[2].pk])
    assert first.post(target, {"to": "up", "order": order}).status_code == 302

    late = second.post(target, {"to": "up", "order": order})

    assert late.status_code == 409
    assert f"{first.member.user.full_name} changed the list" in late.content.decode()
    stands = list(OnCallPerson.objects.order_by("position").values_list("pk", flat=True))
    assert stands == [people[0].pk, people[2].pk, people[1].pk]
