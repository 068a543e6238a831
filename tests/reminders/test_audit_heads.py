"""The head of each audit trail leaves the machine once a day: with a kept mail a trail whose end was cut is found."""

from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import Clinic
from common.tenancy import tenant
from reminders.services import audit_heads
from tests.audit.test_audit_checks import as_superuser
from tests.audit.test_audit_checks import sealed as sealed_clinic
from tests.factories.accounts import ClinicFactory

sealed = sealed_clinic


def test_the_mail_holds_the_heads_and_nothing_of_anybody(sealed: Clinic, settings: Any, tmp_path: Path) -> None:
    settings.AUDIT_HEAD_EMAIL = "heads@elsewhere.example"
    assert audit_heads.send_away(now=timezone.now())

    (letter,) = mail.outbox
    kept = tmp_path / "mail.txt"
    kept.write_text(letter.body)
    assert letter.to == ["heads@elsewhere.example"]
    assert "4:" in letter.body
    assert sealed.name not in f"{letter.subject} {letter.body}"
    call_command("audit_verify", kept=kept)
    as_superuser("DELETE FROM audit_auditevent WHERE xid > 9")
    as_superuser("DELETE FROM audit_auditseal WHERE number = 4")
    call_command("audit_verify")  # the chain itself holds
    with pytest.raises(CommandError, match="the end of the trail was cut"):
        call_command("audit_verify", kept=kept)
    kept.write_text("no head")
    with pytest.raises(CommandError, match="holds no head"):
        call_command("audit_verify", kept=kept)


def test_a_mail_that_did_not_leave_is_told_and_without_an_address_none_is_sent(
    client: Client, settings: Any, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic = ClinicFactory()
    with tenant(clinic.pk, actor="test"):
        assert not audit_heads.send_away(now=timezone.now())
    settings.AUDIT_HEAD_EMAIL = "heads@elsewhere.example"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    assert not audit_heads.send_away(now=timezone.now())

    assert client.get("/readyz").json()["proofs"]["head"] == "problem"
