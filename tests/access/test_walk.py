"""Every URL × every role × own, foreign and missing object × reading and writing, as the permission table says."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from accounts.permissions import may
from common.tenancy import tenant
from pitclinic.checks import url_patterns
from tests.access import objects
from tests.factories.accounts import MembershipFactory, UserFactory

OWN, FOREIGN = "Ownsentinel", "Foreignsentinel"
WHO = ("anonymous", *Role.values, "ex_member", "disabled")
# allauth's own pages are about the person signed in, whoever it is; they hold no clinic's data.
THIRD_PARTY = ("allauth.",)
# A switch to a clinic is about the own membership only: another member's is as foreign as another clinic's.
OWN_OBJECT_IS_ANOTHERS = {"accounts:switch_clinic"}
# Reading or writing these is impossible for a fresh object and says so (409) or is not there yet (404).
ALSO_FINE: dict[str, set[int]] = {}
ANSWERED = {200, 204, 302, 400, 409, 422}


@dataclass
class Tally:
    checked: int = 0
    wrong: list[str] = field(default_factory=list)

    def note(self, ok: bool, cell: str) -> None:
        self.checked += 1
        if not ok:
            self.wrong.append(cell)


@pytest.fixture
def clients(clinic: Clinic) -> dict[str, Callable[[], Client]]:
    """A fresh client for each cell: signing in again, so that no cell lives off another's session."""
    users = {}
    with tenant(clinic.pk, actor="test"):
        for role in Role.values:
            users[role] = MembershipFactory(clinic=clinic, role=role).user
        users["ex_member"] = MembershipFactory(clinic=clinic, role=Role.CLINICIAN, is_active=False).user
        users["disabled"] = MembershipFactory(clinic=clinic, role=Role.CLINICIAN).user
    users["disabled"].is_active = False
    users["disabled"].save()
    for user in users.values():
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})

    def client_for(who: str) -> Client:
        client = Client(raise_request_exception=False)
        if who != "anonymous":
            client.force_login(users[who], backend=settings.AUTHENTICATION_BACKENDS[0])
        return client

    return {who: lambda who=who: client_for(who) for who in WHO}


def staff_urls() -> Iterator[tuple[str, object]]:
    for name, pattern in url_patterns():
        if not pattern.callback.__module__.startswith(THIRD_PARTY) and hasattr(pattern.callback, "required_act"):
            yield name, pattern


def address(name: str, pattern: object, values: dict[str, object]) -> str:
    arguments = pattern.pattern.converters  # type: ignore[attr-defined]
    return reverse(name, kwargs={argument: objects.value_for(name, argument, values) for argument in arguments})


def expected(name: str, who: str, view: object, method: str, whose: str) -> set[int]:
    """The statuses the table allows for one cell."""
    if who in {"anonymous", "disabled"}:
        return {302}
    if not may(who, view.required_act):  # type: ignore[attr-defined]
        return {403}
    if method not in view.allowed_methods:  # type: ignore[attr-defined]
        return {405}
    if whose != "own" or name in OWN_OBJECT_IS_ANOTHERS:
        return {404}
    return ANSWERED | ALSO_FINE.get(name, set())


def _asked(has_object: bool, is_allowed: bool) -> tuple[str, ...]:
    """Whose objects to try: a missing one only where the role could see the difference."""
    if not has_object:
        return ("own",)
    return ("own", "foreign", "missing") if is_allowed else ("own", "foreign")


def _ask(client: Client, method: str, url: str) -> tuple[int, bytes, int]:
    """The answer, and how many rows of clinical tables the request changed; everything is undone afterwards."""
    with transaction.atomic():
        before = _changes()
        response = client.generic(method, url)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        changed = _changes() - before
        transaction.set_rollback(True)
    return response.status_code, body, changed


def _changes() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role')")
        (role,) = cursor.fetchone()
        cursor.execute("RESET ROLE")
        cursor.execute("SELECT count(*) FROM audit_auditevent WHERE kind IN ('insert', 'update', 'delete')")
        (count,) = cursor.fetchone()
        cursor.execute(f"SET ROLE {role}")
    return int(count)


@pytest.mark.parametrize("isolation", ["with row-level security", "without row-level security"])
def test_every_url_answers_each_role_as_the_table_says(
    isolation: str,
    clinic: Clinic,
    other_clinic: Clinic,
    clients: dict[str, Callable[[], Client]],
    as_superuser: Callable[[], None],
    figure: Callable[[str, float], None],
) -> None:
    cases = {
        "own": objects.make(clinic, OWN),
        "foreign": objects.make(other_clinic, FOREIGN),
    }
    cases["missing"] = objects.nobody(cases["own"])
    if isolation.startswith("without"):
        as_superuser()
    tally = Tally()
    for name, pattern in staff_urls():
        has_object = set(pattern.pattern.converters)  # type: ignore[attr-defined]
        for who, sign_in in clients.items():
            for method in ("GET", "POST"):
                bodies = {}
                for whose in _asked(has_object, may(who, pattern.callback.required_act)):  # type: ignore[attr-defined]
                    status, body, changed = _ask(sign_in(), method, address(name, pattern, cases[whose]))
                    cell = f"{name} {method} as {who}, {whose} object: {status}"
                    wanted = expected(name, who, pattern.callback, method, whose)  # type: ignore[attr-defined]
                    tally.note(status in wanted, f"{cell}, expected {sorted(wanted)}")
                    tally.note(FOREIGN.encode() not in body, f"{cell} shows another clinic's patient")
                    tally.note(method == "POST" or changed == 0, f"{cell} changed {changed} rows by reading")
                    bodies[whose] = (status, body)
                if "missing" in bodies:
                    tally.note(
                        bodies["foreign"] == bodies["missing"], f"{name} {method} as {who} tells foreign from missing"
                    )

    figure("access_cells_checked", tally.checked)
    figure("access_cells_wrong", len(tally.wrong))
    assert tally.wrong == []
    assert tally.checked > 0


def test_a_member_without_a_second_factor_reaches_only_the_page_that_sets_one_up(clinic: Clinic) -> None:
    with tenant(clinic.pk, actor="test"):
        member = MembershipFactory(clinic=clinic, user=UserFactory())
    somewhere = objects.make(clinic, OWN)
    for name, pattern in staff_urls():
        client = Client()
        client.force_login(member.user, backend=settings.AUTHENTICATION_BACKENDS[0])
        url = address(name, pattern, somewhere)

        response = client.get(url)

        assert (response.status_code, response.headers.get("Location")) == (302, reverse("mfa_index")), name


def test_a_role_taken_away_counts_from_the_next_request(clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    client = staff_client(Role.CLINIC_ADMIN, clinic=clinic)
    assert client.get(reverse("accounts:settings")).status_code == 200

    with tenant(clinic.pk, actor="test"):
        client.member.is_active = False  # type: ignore[attr-defined]
        client.member.save()  # type: ignore[attr-defined]

    assert client.get(reverse("accounts:settings")).status_code == 403
