"""Where a fact was read."""

from django.db import models

from catalogue.models.entries import CatalogueEntry, CatalogueQuerySet


class Source(CatalogueEntry):
    """A page or paper, named as the domain reference names it: S23 is the 23rd of its list."""

    number = models.PositiveSmallIntegerField(unique=True)
    title = models.CharField(max_length=200)
    is_clinic_page = models.BooleanField(
        default=False, help_text="A provider's own page: it describes practice and proves no effect."
    )
    is_secondary = models.BooleanField(default=False)

    objects = CatalogueQuerySet["Source"].as_manager()

    class Meta(CatalogueEntry.Meta):
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"
