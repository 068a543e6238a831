"""Asks every URL as every role for own, foreign and missing objects, reading and writing.

What differs from the permission table is told cell by cell.
"""

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Protocol, cast
from uuid import uuid4

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import URLPattern, reverse

from accounts.choices import Role
from accounts.models import Clinic
from accounts.permissions import Act, may
from common.tenancy import tenant
from pitclinic.checks import url_patterns
from tests.access import objects
from tests.factories.accounts import MembershipFactory

OWN, FOREIGN = "Ownsentinel", "Foreignsentinel"
WHO = ("anonymous", *Role.values, "ex_member", "disabled")
# allauth's own pages are about the person signed in, whoever it is; they hold no clinic's data.
THIRD_PARTY = ("allauth.",)
# A switch to a clinic is about the own membership only: another member's is as foreign as another clinic's.
OWN_OBJECT_IS_ANOTHERS = {"accounts:switch_clinic"}
# Reading or writing these is impossible for a fresh object and says so (409) or is not there yet (404).
ALSO_FINE: dict[str, set[int]] = {}
_ID = re.compile(rb'<[^>]*\sid="([^"]+)"')
ANSWERED = {200, 204, 302, 400, 409, 422}


@dataclass
class Tally:
    checked: int = 0
    wrong: list[str] = field(default_factory=list)
    twice: set[str] = field(default_factory=set)

    def read(self, body: bytes, name: str) -> None:
        """Remember the ids that stand twice in a page: a label, a link or a script would take the first for both."""
        ids = Counter(_ID.findall(body))
        self.twice |= {f"{name}: {one.decode()}" for one, times in ids.items() if times > 1}

    def note(self, ok: bool, cell: str) -> None:
        self.checked += 1
        if not ok:
            self.wrong.append(cell)


def _clients(clinic: Clinic) -> dict[str, Callable[[], Client]]:
    """A fresh client for each cell, with the session as it was after the first page: each cell is undone whole."""
    users = {}
    with tenant(clinic.pk, actor="test"):
        for role in Role.values:
            users[role] = MembershipFactory(clinic=clinic, role=role).user
        users["ex_member"] = MembershipFactory(clinic=clinic, role=Role.CLINICIAN, is_active=False).user
        users["disabled"] = MembershipFactory(clinic=clinic, role=Role.CLINICIAN).user
    cookies: dict[str, SimpleCookie] = {"anonymous": SimpleCookie()}
    for who, user in users.items():
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        client.get(
            reverse("patients:list")
        )  # what a session keeps from its first page is written once, not in each cell
        cookies[who] = client.cookies
    users["disabled"].is_active = False
    users["disabled"].save()

    def client_for(who: str) -> Client:
        client = Client(raise_request_exception=False)
        client.cookies = SimpleCookie(cookies[who].output(header="", attrs=[]))
        return client

    return {who: lambda who=who: client_for(who) for who in WHO}


class StaffView(Protocol):
    """A view behind ``@staff``."""

    required_act: Act
    allowed_methods: tuple[str, ...]
    is_once: bool


def view_of(pattern: URLPattern) -> StaffView:
    return cast(StaffView, pattern.callback)


def staff_urls() -> Iterator[tuple[str, URLPattern]]:
    for name, pattern in url_patterns():
        if not pattern.callback.__module__.startswith(THIRD_PARTY) and hasattr(pattern.callback, "required_act"):
            yield name, pattern


def address(name: str, pattern: URLPattern, values: dict[str, object]) -> str:
    arguments = pattern.pattern.converters
    return reverse(name, kwargs={argument: objects.value_for(name, argument, values) for argument in arguments})


def expected(name: str, who: str, view: StaffView, method: str, whose: str) -> set[int]:
    """The statuses the table allows for one cell."""
    if who in {"anonymous", "disabled"}:
        return {302}
    if not may(who, view.required_act):
        return {403}
    if method not in view.allowed_methods:
        return {405}
    if whose != "own" or name in OWN_OBJECT_IS_ANOTHERS:
        return {404}
    return ANSWERED | ALSO_FINE.get(name, set())


def _asked(has_object: bool, is_allowed: bool, is_compared: bool) -> tuple[str, ...]:
    """Whose objects to try. Who is turned away before any row is read is asked for a foreign one only."""
    if not has_object:
        return ("own",)
    if not is_allowed:
        return ("foreign",)
    # That a foreign object looks like a missing one is asked as the first role that may.
    return ("own", "foreign") if is_compared else ("own", "foreign", "missing")


def _ask(client: Client, method: str, url: str) -> tuple[int, bytes, int]:
    """The answer, and how many changes the trail tells of after reading; everything is undone afterwards."""
    with transaction.atomic():
        # A form that may be sent once is looked at only with its key.
        body = f"once={uuid4()}" if method == "POST" else ""
        response = client.generic(method, url, body, content_type="application/x-www-form-urlencoded")
        answer = b"".join(response.streaming_content) if response.streaming else response.content
        changes = _changes() if method == "GET" else 0
        transaction.set_rollback(True)
    return response.status_code, answer, changes


def _changes() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role')")
        (role,) = cursor.fetchone()
        cursor.execute("RESET ROLE")
        cursor.execute("SELECT count(*) FROM audit_auditevent WHERE kind IN ('insert', 'update', 'delete')")
        (count,) = cursor.fetchone()
        cursor.execute(f"SET ROLE {role}")
    return int(count)


def walk(
    clinic: Clinic, other_clinic: Clinic, *, before: Callable[[], None] = lambda: None, only_allowed: bool = False
) -> Tally:
    """The whole matrix; ``before`` is called when the rows are made, right before the first cell.

    ``only_allowed`` asks as one role for each address, the first that may: the others are turned away before any row
    is read, or read the same rows.
    """
    clients = _clients(clinic)
    cases = {
        "own": objects.make(clinic, OWN),
        "foreign": objects.make(other_clinic, FOREIGN),
    }
    cases["missing"] = objects.nobody(cases["own"])
    before()
    logging.disable(logging.CRITICAL)  # thousands of requests say nothing new; what is logged has tests of its own
    try:
        with override_settings(
            SECOND_CHECK_SECONDS=None
        ):  # what leaves the clinic is looked at, not the page before it
            return _ask_all(clients, cases, only_allowed)
    finally:
        logging.disable(logging.NOTSET)


def _ask_all(
    clients: dict[str, Callable[[], Client]], cases: dict[str, dict[str, object]], only_allowed: bool
) -> Tally:
    tally = Tally()
    before = _changes()  # and so it is before each cell: every one is undone
    for name, pattern in staff_urls():
        view = view_of(pattern)
        has_object = set(pattern.pattern.converters)
        is_compared = False
        for who, sign_in in clients.items():
            is_allowed = may(who, view.required_act)
            if only_allowed and (is_compared or not is_allowed):
                continue
            for method in ("GET", "POST"):
                bodies = {}
                for whose in _asked(has_object, is_allowed, is_compared):
                    status, body, changes = _ask(sign_in(), method, address(name, pattern, cases[whose]))
                    cell = f"{name} {method} as {who}, {whose} object: {status}"
                    wanted = expected(name, who, view, method, whose)
                    tally.note(status in wanted, f"{cell}, expected {sorted(wanted)}")
                    tally.note(FOREIGN.encode() not in body, f"{cell} shows another clinic's patient")
                    if method == "GET":
                        tally.read(body, name)
                        tally.note(changes == before, f"{cell} changed {changes - before} rows by reading")
                    bodies[whose] = (status, body)
                if "missing" in bodies:
                    tally.note(
                        bodies["foreign"] == bodies["missing"], f"{name} {method} as {who} tells foreign from missing"
                    )
            is_compared |= is_allowed
    return tally
