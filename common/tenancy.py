"""The one place that tells PostgreSQL whose data a transaction may see, and who is acting.

Row-level security compares ``clinic_id`` with the transaction-local setting ``app.clinic_id``. The setting dies with
the transaction, so a pooled connection can never carry one clinic's context into another's request, and code that
forgets to set it sees no rows at all.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connections, transaction

# Context key → PostgreSQL setting. Every one is transaction-local.
_SETTINGS = {
    "clinic_id": "app.clinic_id",
    "user_id": "app.user_id",
    "actor": "app.actor",
    "request_id": "app.request_id",
    "reason": "app.reason",
}


def set_context(*, using: str = "default", **values: str | UUID | None) -> dict[str, str]:
    """Set the named context values until the transaction ends; return what they were before.

    Must run inside a transaction. Raises ``KeyError`` for an unknown name and ``RuntimeError`` outside a transaction,
    where PostgreSQL would silently ignore the setting.
    """
    connection = connections[using]
    if not connection.in_atomic_block:
        raise RuntimeError("The clinic context needs a transaction.")
    columns, params = [], []
    for name, value in values.items():
        columns.append("current_setting(%s, true), set_config(%s, %s, true)")
        params += [_SETTINGS[name], _SETTINGS[name], "" if value is None else str(value)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(columns), params)
        row = cursor.fetchone()
    return {name: row[2 * i] or "" for i, name in enumerate(values)}


@contextmanager
def tenant(
    clinic_id: UUID | str | None,
    *,
    actor: str | None = None,
    user_id: UUID | str | None = None,
    request_id: str | None = None,
    reason: str | None = None,
    using: str = "default",
) -> Iterator[None]:
    """Run a block inside one transaction (or savepoint) that sees exactly one clinic.

    ``actor`` is a word such as ``user:<uuid>``, ``patient:<uuid>``, ``task:<name>`` or ``command:<name>``; what is left
    out keeps its outer value. On leaving, an outer context is put back, so that blocks may be nested.
    """
    given = {"actor": actor, "user_id": user_id, "request_id": request_id, "reason": reason}
    values = {"clinic_id": clinic_id} | {name: value for name, value in given.items() if value is not None}
    nested = connections[using].in_atomic_block
    with transaction.atomic(using=using):
        before = set_context(using=using, **values)
        yield
        # On an exception the savepoint's rollback restores the settings by itself.
        if nested and not connections[using].needs_rollback:
            set_context(using=using, **before)
