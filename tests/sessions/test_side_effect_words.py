"""A sign told is never shown as a finding: what it was is said by a clinician, who may say otherwise later."""

import re
from collections import Counter
from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from catalogue.models import AdverseEventType
from common.tenancy import tenant
from sessions.choices import Severity
from sessions.models import SideEffect
from tests.factories.accounts import MembershipFactory
from tests.factories.sessions import SideEffectFactory


def kind(code: str) -> AdverseEventType:
    return AdverseEventType.objects.get(code=code)


def told(clinic: Clinic, **given: object) -> SideEffect:
    suspected = kind("PNEUMOTHORAX")
    return SideEffectFactory(
        clinic=clinic, event_type=None, suspected_type=suspected, danger_signs=["breathless"], **given
    )


def test_a_report_is_called_what_was_told_until_a_clinician_says_what_it_was(in_clinic: Clinic) -> None:
    panic = told(in_clinic)
    assert (panic.headline, panic.to_rule_out) == ("hard to breathe, or chest pain", "Pneumothorax")
    panic.severity = 2  # how bad it was says nothing of what it was
    assert (panic.headline, panic.to_rule_out) == ("hard to breathe, or chest pain", "Pneumothorax")
    panic.event_type = kind("OTHER")
    assert (panic.headline, panic.to_rule_out) == (kind("OTHER").name, "")
    assert SideEffectFactory(clinic=in_clinic, event_type=None).headline == "told in words"


def test_the_kind_is_set_changed_and_closed_with_on_the_page_and_its_history_says_by_whom(
    clinic: Clinic, staff_client: Callable[..., Client]
) -> None:
    with tenant(clinic.pk, actor="test"):
        report = told(clinic)
    client = staff_client(Role.CLINICIAN, clinic=clinic)

    _post(client, "grade", report.pk, version=1, event_type="PNEUMOTHORAX", severity=3, causality="possible")
    refused = _post(client, "close", report.pk, version=2, event_type="", outcome="sent home")
    assert refused.status_code == 422
    assert "sent home" in refused.content.decode()
    _post(client, "close", report.pk, version=2, event_type="OTHER", outcome="a panic attack; sent home")

    page = client.get(reverse("sessions:side_effect", args=[report.pk])).content.decode()
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert f"What it was {kind('OTHER').name}" in text
    assert f"Severity {Severity(3).label}" in text
    assert "Caused by the treatment possible" in text
    assert f"What it was: {kind('PNEUMOTHORAX').name} → {kind('OTHER').name}" in text
    assert client.member.user.full_name in text  # type: ignore[attr-defined]


def test_each_field_of_the_page_has_an_id_of_its_own(clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    with tenant(clinic.pk, actor="test"):
        report = told(clinic)
    client = staff_client(Role.CLINICIAN, clinic=clinic)
    page = client.get(reverse("sessions:side_effect", args=[report.pk])).content.decode()
    ids = Counter(re.findall(r'\sid="([^"]+)"', page))
    assert [name for name, times in ids.items() if times > 1] == []


def test_nothing_is_closed_in_the_database_without_saying_what_it_was(in_clinic: Clinic) -> None:
    report = told(in_clinic)
    closing = {"status": "closed", "closed_at": report.reported_at, "closed_by": MembershipFactory(clinic=in_clinic)}
    with pytest.raises(IntegrityError, match="sessions_sideeffect_closed_with_its_kind"), transaction.atomic():
        SideEffect.objects.filter(pk=report.pk).update(**closing)


def _post(client: Client, act: str, report: UUID, **typed: object) -> object:
    return client.post(reverse(f"sessions:{act}_side_effect", args=[report]), typed)
