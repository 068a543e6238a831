"""Who looks at a patient leaves a trace: every page, part and file, as every role that may open it."""

import logging
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern

from accounts.choices import Role
from accounts.models import Clinic
from accounts.permissions import may
from patients.models import Patient
from pitclinic.rules.tables import clinic_models
from tests.access import objects
from tests.access.walking import address, staff_urls, view_of
from tests.sessions.test_audit_trails import EXPORTS

NAME = "Looksentinel"
NOW = objects.THEN + timedelta(hours=1)
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# Nothing of a patient is shown there, although the address or the page names something of one: address → why.
EXEMPT: dict[str, str] = {}
# What leaves the clinic: lists ask for the password first (tests/sessions/test_audit_trails.py), and these, which are
# handed to the one patient they are about.
HANDED_OVER = {"scheduling:visit_file", "sessions:paper"}


@pytest.mark.slow
@time_machine.travel(NOW, tick=False)
def test_every_page_of_a_patient_leaves_a_view_event(
    clinic: Clinic, staff_client: Callable[..., Client], figure: Callable[[str, float], None]
) -> None:
    made = objects.make(clinic, NAME)
    owners, names = _owners(), _names()
    clients = {role: staff_client(role, clinic=clinic) for role in Role.values}
    asked, silent, exports = 0, [], set()
    logging.disable(logging.CRITICAL)
    for role, name, pattern in _cells():
        with transaction.atomic():
            answer = clients[role].get(address(name, pattern, made))
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            told, is_export = _told_of()
            transaction.set_rollback(True)
        if answer.status_code not in (200, 409):
            continue
        asked += 1
        if is_export:
            exports.add(name)
        shown = _whose(name, pattern, body.decode(errors="replace"), made, owners)
        if any(one in body.decode(errors="replace") for one in names):
            shown.add(None)
        missing = {one for one in shown if one is not None} - told
        if name not in EXEMPT and (missing or (None in shown and not told)):
            silent.append(f"{name} as {role}: {len(missing) or 'a name'} of {len(shown)} not told")
    logging.disable(logging.NOTSET)
    figure("patient_pages_without_view_event", len(silent))
    assert silent == []
    assert exports == {*EXPORTS, *HANDED_OVER}
    assert asked > 150


def _cells() -> Iterator[tuple[str, str, URLPattern]]:
    for name, pattern in staff_urls():
        view = view_of(pattern)
        if "GET" in view.allowed_methods:
            yield from ((role, name, pattern) for role in Role.values if may(role, view.required_act))


def _whose(name: str, pattern: URLPattern, body: str, made: dict[str, Any], owners: dict[str, str]) -> set[str | None]:
    """The patients whose rows the address or the page names by their ids."""
    named = {str(objects.value_for(name, argument, made)) for argument in pattern.pattern.converters}
    return {owners[one] for one in named | set(ID.findall(body)) if one in owners}


def _owners() -> dict[str, str]:
    """The id of every row that belongs to a patient → that patient."""
    owners: dict[str, str] = {}
    with _everything() as cursor:
        for model in clinic_models():
            if model.clinic_rules.patient != "NULL::uuid":
                cursor.execute(f"SELECT r.id, {model.clinic_rules.patient} FROM {model._meta.db_table} r")
                owners |= {str(pk): str(patient) for pk, patient in cursor.fetchall() if patient}
    return owners


def _names() -> set[str]:
    """The sentinel's name alone would not do: rooms and products carry it too."""
    with _everything():
        patients = list(Patient.objects.all())
        return {one for patient in patients for one in (patient.full_name, patient.listed_name)}


def _told_of() -> tuple[set[str], bool]:
    """The patients named in the trail, and whether something was exported."""
    with _everything() as cursor:
        cursor.execute("SELECT DISTINCT patient_id, kind FROM audit_auditevent WHERE kind IN ('view', 'export')")
        found = cursor.fetchall()
    return {str(one) for one, _kind in found if one}, any(kind == "export" for _one, kind in found)


class _everything:  # noqa: N801 - reads as a block
    """A cursor for which no clinic's wall stands."""

    def __enter__(self) -> Any:
        self.cursor = connection.cursor().__enter__()
        self.cursor.execute("SELECT current_setting('role')")
        (self.role,) = self.cursor.fetchone()
        self.cursor.execute("RESET ROLE")
        return self.cursor

    def __exit__(self, *error: object) -> None:
        self.cursor.execute(f"SET ROLE {self.role}")
        self.cursor.close()
