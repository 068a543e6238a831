"""What stops a process from starting."""

import pytest
from django.core import checks
from django.db import connection

from pitclinic.boot import UnsafeToStart, check_boot
from pitclinic.logs import scrub


def test_a_process_starts_with_the_applications_role(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pitclinic.boot.connection.close", lambda: None)

    check_boot()


@pytest.mark.parametrize("role", ["postgres", "pit_owner", "pit_backup"])
def test_a_process_refuses_to_start_with_a_dangerous_role(
    db: None, role: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pitclinic.boot.connection.close", lambda: None)
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")

    with pytest.raises(UnsafeToStart):
        check_boot()
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE pit_app")

    assert f"refusing to start: The database role {role}" in capsys.readouterr().err


def test_nothing_serves_with_an_empty_key(
    db: None, settings: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pitclinic.boot.connection.close", lambda: None)
    for name, told in (
        ("FACTOR_KEYS", "PITCLINIC_FACTOR_KEY and its fallbacks are secrets"),
        ("SECRET_KEY", "PITCLINIC_SECRET_KEY is empty"),
    ):
        setattr(settings, name, [""] if name.endswith("S") else "")
        with pytest.raises(UnsafeToStart):
            check_boot()
        assert f"refusing to start: {told}" in capsys.readouterr().err


def test_the_demo_refuses_any_other_host(settings: object) -> None:
    settings.DEMO_MODE = True  # type: ignore[attr-defined]
    settings.ALLOWED_HOSTS = ["clinic.example.org"]  # type: ignore[attr-defined]

    assert [error.id for error in checks.run_checks(tags=["security"])] == ["pitclinic.E002"]


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("mail to ann.b@example.org bounced", "mail to [e-mail] bounced"),
        ("called +49 30 901820 twice", "called [number] twice"),
        ("GET /p/abc234-Zm9vYmFy/ 200", "GET /p/[link]/ 200"),
        ("GET /schedule/feeds/abc234-Zm9vYmFy.ics 404", "GET /schedule/feeds/[link].ics 404"),
        ("duplicate key\nDETAIL:  Key (value)=(Ann) exists.", "duplicate key\nDETAIL: [left out]"),
        ("took 12.5 ms", "took 12.5 ms"),
    ],
)
def test_log_lines_lose_what_identifies_somebody(told: str, kept: str) -> None:
    assert scrub(told) == kept
