"""Which state of the catalogue the tables hold."""

from django.db import models
from django.db.models import Q


class CatalogueVersion(models.Model):
    """One row. Its token is new after every statement that writes a row of the catalogue (catalogue/sql/version.sql).

    The token is drawn, not counted: a change that is rolled back leaves no number behind that another could get.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    token = models.UUIDField(editable=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="catalogueversion_is_one_row")]

    def __str__(self) -> str:
        return str(self.token)
