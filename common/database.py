"""Small database expressions shared by every app."""

from typing import TypeVar
from uuid import UUID

from django.db import connection, models
from django.utils.deconstruct import deconstructible

M = TypeVar("M", bound=models.Model)


@deconstructible(path="common.database.UUIDv7")
class UUIDv7(models.Func):
    """A time-ordered identifier (RFC 9562 version 7) made by PostgreSQL 18's ``uuidv7()``."""

    template = "uuidv7()"
    output_field = models.UUIDField()

    def __init__(self) -> None:
        super().__init__()


def new_ids(count: int) -> list[UUID]:
    """Identifiers made by the database ahead of a bulk insert, in order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT uuidv7() FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]


def held(rows: models.QuerySet[M], pk: UUID, *, related: tuple[str, ...]) -> M:
    """Lock one row until the transaction ends, then read it with what it points at. Raises the model's DoesNotExist.

    Two statements: a join in the one that waits is made before the wait, and a row that came to point elsewhere
    meanwhile would be joined to nothing, or not be returned at all.
    """
    rows.order_by().select_for_update().values_list("pk").get(pk=pk)
    return rows.select_related(*related).get(pk=pk)
