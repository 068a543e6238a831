"""Small database expressions shared by every app."""

from django.db import models
from django.utils.deconstruct import deconstructible


@deconstructible(path="common.database.UUIDv7")
class UUIDv7(models.Func):
    """A time-ordered identifier (RFC 9562 version 7) made by PostgreSQL 18's ``uuidv7()``."""

    template = "uuidv7()"
    output_field = models.UUIDField()

    def __init__(self) -> None:
        super().__init__()
