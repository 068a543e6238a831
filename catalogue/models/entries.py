"""What every catalogue row has: a code people use, the mark of its source, and a way to retire."""

from typing import Self, TypeVar

from django.db import models
from django.db.models import Q

from common.database import UUIDv7
from common.folding import fold

EntryT = TypeVar("EntryT", bound=models.Model, covariant=True)

SOURCE_MARK = r"^(\[(S[1-9][0-9]{0,2}( (clinic|secondary))?|GK|DEF)\])+$"
CODE = r"^[A-Za-z0-9][A-Za-z0-9._:-]*$"


class CatalogueQuerySet(models.QuerySet[EntryT]):
    def current(self) -> Self:
        """Rows a person may still choose; retired rows stay for the records that point at them."""
        return self.filter(retired_at__isnull=True)


class SearchableQuerySet(CatalogueQuerySet[EntryT]):
    def matching(self, text: str) -> Self:
        """Rows in which every word of `text` begins a word of the code, the name or a synonym."""
        rows = self
        for word in fold(text).split():
            rows = rows.filter(search_text__contains=f" {word}")
        return rows


class CatalogueEntry(models.Model):
    """One reviewed row of the catalogue. It belongs to no clinic; `load_catalogue` alone writes it."""

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    code = models.CharField(max_length=64, unique=True)
    source_mark = models.CharField(max_length=120)
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=CODE), name="%(class)s_code_is_plain"),
            models.CheckConstraint(condition=Q(source_mark__regex=SOURCE_MARK), name="%(class)s_source_mark"),
        ]

    def __str__(self) -> str:
        return self.code


class NamedEntry(CatalogueEntry):
    name = models.CharField(max_length=120)

    class Meta(CatalogueEntry.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.name
