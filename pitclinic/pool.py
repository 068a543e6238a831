"""Connections to PostgreSQL that outlive a request: a pool of each process's own, made after the fork.

Two processes that share a connection read each other's answers. So no setting turns the pool on: a process does, for
itself, once it is forked, and refuses to when it was handed a connection.
"""

from copy import deepcopy
from time import monotonic
from typing import Any, cast

import psycopg
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg import sql
from psycopg_pool import ConnectionPool

# How long a request waits for a connection, and how long while PostgreSQL has been away for some time.
WAIT_SECONDS = 3.0
WAIT_WHILE_AWAY_SECONDS = 0.5
CONNECT_SECONDS = 5
# A connection that cannot be made is tried for once more after this long, then again by whoever asks for it.
RECONNECT_SECONDS = 1.0
LEAST = 2

# All that could outlive a transaction; of the settings of the clinic nothing does, see common/tenancy.py.
_FORGET = sql.SQL(
    "RESET SESSION AUTHORIZATION; RESET ALL; SET TIME ZONE {zone};"
    " CLOSE ALL; UNLISTEN *; SELECT pg_advisory_unlock_all()"
)


def open_after_fork(*, most: int) -> None:
    """Give this process its pool of at most ``most`` connections; nothing connects before somebody asks."""
    inherited = [one for one in connections.all(initialized_only=True) if one.connection is not None]
    if inherited or DatabaseWrapper._connection_pools:  # type: ignore[attr-defined] # its stubs leave it out
        raise RuntimeError("This process was handed a connection to the database that another process holds too.")
    use_pool(cast(DatabaseWrapper, connections["default"]), most=most)


def open_in_worker() -> None:
    """Give a forked worker of Celery, which does one task after the other, a connection that stays.

    After each task Celery closes the pool that the settings name, and with it the connection: they name none.
    """
    wrapper = cast(DatabaseWrapper, connections["default"])
    wrapper.settings_dict = deepcopy(wrapper.settings_dict)
    open_after_fork(most=1)


def use_pool(wrapper: DatabaseWrapper, *, most: int) -> None:
    keeper = _Keeper(wrapper.timezone_name)
    wrapper.settings_dict["CONN_HEALTH_CHECKS"] = True
    options = wrapper.settings_dict["OPTIONS"]
    options.setdefault("connect_timeout", CONNECT_SECONDS)
    options["pool"] = {
        "min_size": min(LEAST, most),
        "max_size": most,
        "timeout": WAIT_SECONDS,
        "reconnect_timeout": RECONNECT_SECONDS,
        "reconnect_failed": keeper.is_away,
        "reset": keeper.forget,
    }
    pool = cast(ConnectionPool, wrapper.pool)
    pool._check = keeper.check  # Django passes one of its own, and takes no other


def close() -> None:
    """Say good-bye to PostgreSQL before the process ends."""
    for wrapper in connections.all(initialized_only=True):
        cast(DatabaseWrapper, wrapper).close_pool()


class _Keeper:
    """Looks at a connection when it is taken and cleans it when it is put back."""

    def __init__(self, zone: str) -> None:
        self._forget = _FORGET.format(zone=sql.Literal(zone))
        self._drained_at = float("-inf")

    def check(self, connection: psycopg.Connection[Any]) -> None:
        """Where one is broken PostgreSQL was restarted, most likely: all that lie idle are made anew at once.

        Trying them one by one, the pool would pause longer after each.
        """
        pool = cast(ConnectionPool, connection._pool)
        try:
            ConnectionPool.check_connection(connection)
        except psycopg.Error:
            if monotonic() - self._drained_at > RECONNECT_SECONDS:
                self._drained_at = monotonic()
                pool.drain()
            raise
        pool.timeout = WAIT_SECONDS

    def forget(self, connection: psycopg.Connection[Any]) -> None:
        """Leave nothing of a request behind. What comes back inside a transaction is thrown away by the pool."""
        if not connection.autocommit:
            raise psycopg.ProgrammingError("it came back in the middle of a transaction")
        connection.execute(self._forget)

    def is_away(self, pool: ConnectionPool) -> None:
        """Until a connection is made again requests wait less, and say sooner that the site is away."""
        pool.timeout = WAIT_WHILE_AWAY_SECONDS
