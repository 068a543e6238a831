"""Words people use for the treatment, and words that mean another one."""

from django.db import models
from django.db.models import Q

from catalogue.choices import TermRelation
from catalogue.models.entries import CatalogueEntry, SearchableQuerySet
from catalogue.models.techniques import Technique


class SearchTerm(CatalogueEntry):
    term = models.CharField(max_length=80)
    relation = models.CharField(max_length=12, choices=TermRelation)
    technique = models.ForeignKey(
        Technique, on_delete=models.PROTECT, null=True, blank=True, related_name="search_terms"
    )
    is_trademark = models.BooleanField(default=False, help_text="Found by searching, not used on screens.")
    notes = models.CharField(max_length=160, blank=True)
    search_text = models.TextField(editable=False)

    objects = SearchableQuerySet["SearchTerm"].as_manager()

    class Meta(CatalogueEntry.Meta):
        constraints = [
            *CatalogueEntry.Meta.constraints,
            models.CheckConstraint(condition=Q(relation__in=TermRelation.values), name="searchterm_relation"),
        ]

    def __str__(self) -> str:
        return self.term
