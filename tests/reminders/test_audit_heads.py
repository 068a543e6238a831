"""The head of each audit trail leaves the machine once a day: with a kept mail a trail whose end was cut is found."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import Clinic
from audit.head_files import problem_of
from common.tenancy import tenant
from pitclinic.checks import the_heads_of_the_trails_can_be_written
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


def test_the_heads_are_appended_to_a_file_once_a_day_and_find_a_cut_tail(
    sealed: Clinic, client: Client, settings: Any, tmp_path: Path
) -> None:
    file = tmp_path / "heads.txt"
    settings.AUDIT_HEAD_FILE = str(file)
    file.write_text("half a line")
    now = timezone.now()
    for later in (timedelta(), timedelta(), timedelta(days=1)):
        assert audit_heads.send_away(now=now + later)

    half, first, second = file.read_text().splitlines()
    assert (half, first[:10], second[:10]) == ("half a line", f"{now:%Y-%m-%d}", f"{now + timedelta(days=1):%Y-%m-%d}")
    assert f"{sealed.pk}=4:" in first
    assert sealed.name not in first
    assert client.get("/readyz").json()["proofs"]["head"] == "ok"
    call_command("audit_verify")
    as_superuser("DELETE FROM audit_auditevent WHERE xid > 9")
    as_superuser("DELETE FROM audit_auditseal WHERE number = 4")
    with pytest.raises(CommandError, match="the end of the trail was cut"):
        call_command("audit_verify")


def test_a_file_that_cannot_be_written_is_told_before_and_after(
    client: Client, settings: Any, db: None, tmp_path: Path
) -> None:
    assert problem_of("") == ""
    assert the_heads_of_the_trails_can_be_written(None) == []
    (tmp_path / "folder").mkdir()
    for name, why in (
        ("heads.txt", "whole path"),
        (str(tmp_path / "gone" / "heads.txt"), "does not exist"),
        (str(tmp_path / "folder"), "cannot be written"),
    ):
        settings.AUDIT_HEAD_FILE = name
        (error,) = the_heads_of_the_trails_can_be_written(None)
        assert (error.id, why in error.msg) == ("pitclinic.E004", True)
        assert client.get("/readyz").json()["proofs"]["head"] == "problem"
        if Path(name).is_absolute():
            assert not audit_heads.send_away(now=timezone.now())
