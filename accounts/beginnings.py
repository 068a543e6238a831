"""What a row held when it was made: the audit trail keeps no copy, so its later changes are undone one by one."""

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, models
from psycopg import sql

from accounts.actors import Actor
from accounts.models import ClinicOwned
from audit.models import AuditEvent

Values = dict[str, Any]  # column → as it was stored
_LATER = (AuditEvent.Kind.UPDATE, AuditEvent.Kind.DELETE)


def values_at_first(
    actor: Actor,
    events: Iterable[AuditEvent],
    models_by_table: Mapping[str, type[models.Model]],
    records: Sequence[UUID] = (),
) -> dict[UUID, Values]:
    """Event → the values of the row that it made. ``records``: where the patients' rows are now, after a merge.

    Three queries: the rows as they are, and what was done with them, patients' rows and others.
    """
    made = [event for event in events if event.kind == AuditEvent.Kind.INSERT and event.table_name in models_by_table]
    if not made:
        return {}
    rows = _standing(actor, made, models_by_table)
    for later in _later(actor, made, records):
        key, changes = (later.table_name, later.row_id), later.changes or {}
        if later.kind == AuditEvent.Kind.DELETE:
            rows[key] = dict(changes)
        else:
            rows.setdefault(key, {}).update({column: was for column, (was, _became) in changes.items()})
    return {event.pk: rows[key] for event in made if (key := (event.table_name, event.row_id)) in rows}


def _standing(
    actor: Actor, made: list[AuditEvent], models_by_table: Mapping[str, type[models.Model]]
) -> dict[tuple[str, UUID | None], Values]:
    """The rows as they are now, of all kinds at once."""
    parts = [
        _rows(actor, models_by_table[table], [event.row_id for event in made if event.table_name == table])
        for table in sorted({event.table_name for event in made})
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(" UNION ALL ").join(parts))
        return {(table, pk): json.loads(values, parse_float=Decimal) for table, pk, values in cursor.fetchall()}


def _rows(actor: Actor, model: type[models.Model], ids: list[UUID | None]) -> sql.Composable:
    """As the audit trail writes a row, but for what is only bytes."""
    kept = [str(field.column) for field in model._meta.concrete_fields if not isinstance(field, models.BinaryField)]
    own = sql.SQL("AND r.clinic_id = {}").format(sql.Literal(actor.clinic_id))
    return sql.SQL(
        "SELECT {name}, r.id, (SELECT to_jsonb(k)::text FROM (SELECT {kept}) k)"
        " FROM {table} r WHERE r.id = ANY({ids}::uuid[]) {own}"
    ).format(
        name=sql.Literal(model._meta.db_table),
        kept=sql.SQL(", ").join([sql.Identifier("r", column) for column in kept]),
        table=sql.Identifier(model._meta.db_table),
        ids=sql.Literal([str(pk) for pk in ids]),
        own=own if issubclass(model, ClinicOwned) else sql.SQL(""),
    )


def _later(actor: Actor, made: list[AuditEvent], records: Sequence[UUID]) -> Iterable[AuditEvent]:
    """All that was done with the rows afterwards, the last of it first. By patient, as the indexes are."""
    whose = {event.patient_id for event in made if event.patient_id is not None} | set(records)
    since = AuditEvent.objects.in_clinic(actor.clinic_id).filter(
        row_id__in={event.row_id for event in made}, kind__in=_LATER, at__gte=min(event.at for event in made)
    )
    found = [*since.filter(patient_id__in=whose), *since.filter(patient_id__isnull=True)]
    return sorted(found, key=lambda event: (event.at, event.pk), reverse=True)
