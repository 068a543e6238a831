"""Every test talks to a real PostgreSQL as the application's own role, with row-level security on."""

import ipaddress
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connection, connections
from django.db.backends.signals import connection_created
from django.test import Client
from django.test.testcases import TransactionTestCase

from accounts.models import Clinic, User
from common.tenancy import tenant
from tests.factories.accounts import ClinicFactory, MembershipFactory, UserFactory
from tests.plugins import golden
from tests.staff import StaffClient

pytest_plugins = ["tests.plugins.figures"]

# The role each new connection of the test database takes on; the session itself is a superuser's.
_role = {"name": "pit_owner"}


def _take_role(sender: object, connection: Any, **kwargs: object) -> None:
    if connection.alias == "default" and connection.settings_dict["NAME"].startswith("test_"):
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {_role['name']}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow files and those of the browser come first: the quick ones fill what one process would wait for the other.

    Before all of them the simulation: it writes most, and into tables full of other tests' dead rows many times slower.
    """
    for item in items:
        if item.get_closest_marker("e2e"):
            item.add_marker(pytest.mark.flaky(reruns=1))  # docs/adr/0032
    long = {item.path for item in items if any(map(item.get_closest_marker, ("slow", "e2e")))}
    items.sort(key=lambda item: (item.path.parent.name != "simulation", item.path not in long))


@pytest.fixture(scope="session", autouse=True)
def _roles() -> Iterator[None]:
    connection_created.connect(_take_role)
    yield
    connection_created.disconnect(_take_role)


@pytest.fixture(scope="session")
def django_db_setup(_roles: None, django_db_blocker: Any, request: pytest.FixtureRequest) -> Iterator[None]:
    """A copy of the migrated database for this process, made as the owner; then go on as the application."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    name = f"test_pitclinic_{worker}"
    with django_db_blocker.unblock():
        before = connection.settings_dict["NAME"]
        golden.copy(name)
        golden.use(name)
        _role["name"] = "pit_app"
        yield
        connections.close_all()
        _role["name"] = "pit_owner"
        with psycopg.connect(**golden.server_params(), dbname="postgres", autocommit=True) as server:
            golden.drop(server, name)
        golden.use(before)


def _empty_every_table(self: TransactionTestCase) -> None:
    """Between tests that commit: delete as a superuser with triggers off; the catalogue stays."""
    name = connection.settings_dict["NAME"]
    with psycopg.connect(**golden.server_params(), dbname=name, autocommit=True) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute("SET lock_timeout = '10s'")
        names = superuser.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'catalogue_%'"
            " AND tablename NOT IN ('django_migrations', 'django_content_type', 'auth_permission')"
        ).fetchall()
        for _try in range(5):  # a page that is being closed may still send what was typed
            try:
                superuser.execute("".join(f'DELETE FROM "{name}";' for (name,) in names))
            except psycopg.errors.DeadlockDetected:
                continue
            return
        raise RuntimeError("the tables could not be emptied")


TransactionTestCase._fixture_teardown = _empty_every_table  # type: ignore[attr-defined]


@pytest.fixture(scope="session", autouse=True)
def _no_way_out() -> Iterator[None]:
    """A test that would leave this machine fails at the socket."""
    connect = socket.socket.connect

    def only_here(self: socket.socket, address: Any) -> None:
        is_here = self.family == socket.AF_UNIX or address[0] == "localhost"
        if not (is_here or ipaddress.ip_address(address[0]).is_loopback):
            raise OSError(f"A test may reach this machine only, not {address}.")
        connect(self, address)

    socket.socket.connect = only_here  # type: ignore[method-assign] # undone below
    yield
    socket.socket.connect = connect  # type: ignore[method-assign] # as it was


@pytest.fixture
def clinic(db: None) -> Clinic:
    """One clinic, with nobody's context set."""
    return ClinicFactory()


@pytest.fixture
def other_clinic(db: None) -> Clinic:
    return ClinicFactory(name="Other Clinic")


@pytest.fixture
def in_clinic(clinic: Clinic) -> Iterator[Clinic]:
    """The rest of the test sees this clinic's rows and may write them."""
    with tenant(clinic.pk, actor="test"):
        yield clinic


@pytest.fixture
def as_superuser(db: None) -> Iterator[Callable[[], None]]:
    """Call it to leave row-level security behind: what a missing wall would show."""

    def switch() -> None:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")

    yield switch
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {_role['name']}")


@pytest.fixture
def staff_client(db: None) -> Callable[..., Client]:
    """``staff_client(Role.CLINICIAN, clinic=clinic)``: a client signed in with a second factor; ``.member`` is who."""

    def sign_in(role: str, *, clinic: Clinic, user: User | None = None) -> Client:
        with tenant(clinic.pk, actor="test"):
            member = MembershipFactory(clinic=clinic, role=role, user=user or UserFactory())
        Authenticator.objects.get_or_create(user=member.user, type=Authenticator.Type.TOTP, defaults={"data": {}})
        client = StaffClient()
        client.force_login(member.user, backend=settings.AUTHENTICATION_BACKENDS[0])
        session = client.session
        session["membership_id"] = str(member.pk)
        session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
        session["account_authentication_methods_user"] = str(member.user_id)
        session.save()
        client.member = member
        return client

    return sign_in
