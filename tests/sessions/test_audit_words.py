"""What the audit page says, it says in words; and it answers at once whether somebody tampered with the trail."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.changes import names_of, parts_changed, parts_of
from accounts.choices import Role
from accounts.models import Clinic
from accounts.services import person_events
from audit.services import audit_events
from common.tenancy import tenant
from patients.models import MovedRow
from pitclinic.rules.tables import clinic_models
from sessions.views import audit_trails
from tests.access import objects
from tests.audit import test_audit_checks
from tests.factories.accounts import MembershipFactory
from tests.factories.patients import PatientFactory
from tests.sessions.test_audit_trails import text_of

AUDIT, CHECK = "sessions:audit_log", "sessions:audit_check"
run = test_audit_checks.as_superuser
RAW = re.compile(r"^(True|False|None|[0-9a-f]{8}-[0-9a-f-]{27}|[a-z0-9]+(_[a-z0-9]+)+)$")
WORDS = ["no_lot", "levels", "a_b_c", "x"]
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def auditor(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.AUDITOR, clinic=clinic)


@given(values)
def test_a_stored_structure_is_told_without_brackets_quotes_or_underscores(value: Any) -> None:
    said = [word for path, told in parts_of(value).items() for word in (*path, told)]
    assert not [word for word in said if re.search(r"[\[\]{}'\"_]|\bTrue\b|\bFalse\b|\bNone\b", word)]


def test_only_what_differs_in_a_stored_structure_is_told() -> None:
    was = {"levels": {"no_lot": "warning", "no_score": "note"}, "stop": True}
    became = {"levels": {"no_lot": "note", "no_score": "note"}, "stop": False}
    told = [(one.field, one.before, one.after) for one in parts_changed("settings", was, became)]
    assert told == [("settings, levels, no lot", "warning", "note"), ("settings, stop", "yes", "no")]


def test_no_row_is_called_by_a_code_an_id_or_an_answer(clinic: Clinic) -> None:
    objects.make(clinic, "Own")
    with tenant(clinic.pk, actor="test"):
        member = MembershipFactory(clinic=clinic)
        wanted: dict[type[Model], list[str]] = {
            model: [str(pk) for pk in model._default_manager.values_list("pk", flat=True)[:3]]
            for model in clinic_models()
            if model is not MovedRow  # a merge's own list, by table
        }
        raw = {
            f"{model.__name__}: {name}"
            for model, ids in wanted.items()
            for name in names_of(member.as_actor(), {model: ids}).values()
            if RAW.match(name)
        }
    assert raw == set()


def test_how_somebody_signed_in_is_told_as_people_call_it(clinic: Clinic, auditor: Client) -> None:
    person_events.record(auditor.member.user_id, "sign_in", how="password, totp")  # type: ignore[attr-defined]
    person_events.record(auditor.member.user_id, "factor_added", how="webauthn")  # type: ignore[attr-defined]
    page = text_of(auditor.get(reverse(AUDIT)))
    assert "password, authenticator app" in page
    assert "passkey" in page


def test_whether_somebody_tampered_is_answered_at_once(in_clinic: Clinic, auditor: Client) -> None:
    PatientFactory.create_batch(3, clinic=in_clinic)
    run("UPDATE audit_auditevent SET xid = 1")
    run("SELECT audit_seal(%s, 100)", in_clinic.pk)
    assert "The whole trail is checked: no break." in text_of(auditor.post(reverse(CHECK), follow=True))

    run("DELETE FROM audit_auditevent WHERE id = (SELECT id FROM audit_auditevent WHERE xid = 1 LIMIT 1)")

    page = text_of(auditor.post(reverse(CHECK), follow=True))
    assert "The trail does not hold." in page
    assert "1 break in the chain, at link 1" in page


def test_a_long_trail_is_checked_in_as_many_tries_as_it_takes(
    in_clinic: Clinic, auditor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_trails, "CHECK_SECONDS", -1)
    monkeypatch.setattr(audit_events, "SHORT_RUN", 3)
    PatientFactory.create_batch(6, clinic=in_clinic)
    run("UPDATE audit_auditevent SET xid = 1")
    for _link in range(2):
        run("SELECT audit_seal(%s, 3)", in_clinic.pk)

    said = [text_of(auditor.post(reverse(CHECK), follow=True)) for _try in range(3)]

    assert ["No break so far. The trail is long" in words for words in said] == [True, False, True]
    assert "The whole trail is checked: no break." in said[1]
    assert ["All that is signed is checked" in words for words in said] == [False, False, True]


def test_the_trail_of_another_clinic_is_not_checked(other_clinic: Clinic, in_clinic: Clinic) -> None:
    with pytest.raises(DatabaseError, match="only the trail of the clinic in context"), transaction.atomic():
        audit_events.check_now(other_clinic.pk, is_over=lambda: True)
