"""A connection is used by one request after the other, and none finds anything of the one before."""

import copy
from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.db import OperationalError, connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.test import RequestFactory

from common import tenancy
from pitclinic import pool
from pitclinic.views import errors
from tests.plugins import golden

Pooled = Callable[..., DatabaseWrapper]


@pytest.fixture
def pooled(db: None) -> Iterator[Pooled]:
    """What a thread has of a process's pool: a way to take a connection out and to put it back."""
    taken: list[DatabaseWrapper] = []

    def take(*, most: int = 1) -> DatabaseWrapper:
        wrapper = DatabaseWrapper(copy.deepcopy(connection.settings_dict), alias="pooled")
        if taken:
            wrapper.settings_dict["OPTIONS"]["pool"] = True
        else:
            pool.use_pool(wrapper, most=most)
            connections["pooled"] = wrapper  # as Django's own handlers of a new connection look for it
        taken.append(wrapper)
        return wrapper

    yield take
    for wrapper in taken:
        wrapper.close()
    taken[0].close_pool()
    del connections["pooled"]


def answer(wrapper: DatabaseWrapper, question: str, *params: object) -> tuple[object, ...]:
    with wrapper.cursor() as cursor:
        cursor.execute(question, params)
        row: tuple[object, ...] = cursor.fetchone()
        return row


def test_a_connection_that_is_put_back_carries_no_clinic_and_nothing_else(pooled: Pooled) -> None:
    wrapper = pooled()
    (process,) = answer(wrapper, "SELECT pg_backend_pid()")
    left = [f"SET {name} = 'of the one before'" for name in tenancy._SETTINGS.values()]
    for statement in (
        *left, "SET ROLE pit_app", "SET search_path = pg_catalog", "SET TIME ZONE 'Asia/Tokyo'", "LISTEN news",
        "SET statement_timeout = 0", "SELECT pg_advisory_lock(7)", "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
    ):  # fmt: skip
        with wrapper.cursor() as cursor:
            cursor.execute(statement)
    wrapper.close()

    assert answer(wrapper, "SELECT pg_backend_pid()") == (process,)
    for name in tenancy._SETTINGS.values():
        assert answer(wrapper, "SELECT coalesce(current_setting(%s, true), '')", name) == ("",)
    assert answer(wrapper, "SELECT current_user = session_user, current_setting('search_path')") == (
        True,
        '"$user", public',
    )
    assert answer(wrapper, "SELECT current_setting('TimeZone')") == ("UTC",)
    assert answer(
        wrapper,
        """SELECT (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()),
                  (SELECT count(*) FROM pg_listening_channels()),
                  (SELECT count(*) FROM pg_cursors WHERE is_holdable)""",
    ) == (0, 0, 0)


def test_a_connection_that_comes_back_in_the_middle_of_a_transaction_is_thrown_away(pooled: Pooled) -> None:
    wrapper = pooled()
    (process,) = answer(wrapper, "SELECT pg_backend_pid()")
    wrapper.set_autocommit(False)
    answer(wrapper, "SELECT set_config('app.clinic_id', 'of the one before', true)")
    wrapper.connection._pool.putconn(wrapper.connection)
    wrapper.connection = None

    assert answer(wrapper, "SELECT pg_backend_pid()") != (process,)


def test_who_finds_no_connection_is_asked_to_come_again(pooled: Pooled) -> None:
    first = pooled()
    answer(first, "SELECT 1")
    first.pool.timeout = 0.01  # from now on, so that the first had time to be made

    with pytest.raises(OperationalError) as refused:
        answer(pooled(), "SELECT 1")
    try:
        raise refused.value
    except OperationalError:
        page = errors.server_error(RequestFactory().get("/"))

    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")


def test_after_a_restart_of_the_database_nobody_is_given_a_dead_connection(pooled: Pooled) -> None:
    threads = [pooled(most=8) for _thread in range(8)]
    processes = [answer(thread, "SELECT pg_backend_pid()")[0] for thread in threads]
    for thread in threads:
        thread.close()
    with psycopg.connect(**golden.server_params(), dbname="postgres", autocommit=True) as superuser:
        superuser.execute("SELECT pg_terminate_backend(pid, 5000) FROM unnest(%s) AS pid", [processes])

    assert [answer(thread, "SELECT 1") for thread in threads] == [(1,)] * 8


def test_a_process_that_was_handed_a_connection_makes_no_pool(db: None) -> None:
    answer(connection, "SELECT 1")
    with pytest.raises(RuntimeError, match="another process holds too"):
        pool.open_after_fork(most=1)
    assert "pool" not in connection.settings_dict["OPTIONS"]
