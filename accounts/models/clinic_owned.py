"""What every clinic-owned table has in common: its clinic, its rules, its one way in."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeVar, cast

from django.db import models
from django.db.models.functions import Now
from django.utils.encoding import force_str

from accounts.actors import Actor
from common.database import UUIDv7

M = TypeVar("M", bound=models.Model, covariant=True)
Q = TypeVar("Q", bound=models.QuerySet[Any])


@dataclass(frozen=True)
class ClinicRules:
    """How the database guards a clinic-owned table.

    ``patient`` is an SQL expression over the row alias ``r`` that gives the patient's id for the audit trail (``NULL``
    where a row belongs to nobody); ``is_deletable`` grants DELETE to the application (drafts and derived rows only);
    ``is_audited`` may be False only for rows derived from audited ones, and for typing that is no entry yet;
    ``is_written_by_database`` leaves the application nothing but reading. A merge of two patients moves every row that
    names one of them, but where ``stays_when_merged``: rows about the records themselves, or derived from one.
    ``derived`` names columns worked out from others of the row, which the audit trail passes over.
    """

    patient: str = "NULL::uuid"
    is_deletable: bool = False
    is_audited: bool = True
    is_written_by_database: bool = False
    stays_when_merged: bool = False
    derived: tuple[str, ...] = ()


class ClinicOwnedQuerySet(models.QuerySet[M]):
    """Rows of one clinic. ``visible_to`` is the one way in for anything a person asked for."""

    def visible_to(self, actor: Actor) -> Self:
        return self.filter(clinic_id=actor.clinic_id)


def manager_of(queryset: type[Q]) -> Q:
    """``objects`` of a model: the manager answers to every method of its queryset, and is typed as one."""
    return cast(Q, queryset.as_manager())


class ClinicForeignKey(models.ForeignKey[Any, Any]):
    """A relation inside one clinic.

    The database constraint is composite, ``(clinic_id, …_id) → (clinic_id, id)``, and is added after every migration
    (``pitclinic.rules``): a plain foreign key would be checked without row-level security and could cross clinics.
    """

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs.setdefault("db_constraint", False)
        super().__init__(to, on_delete, **kwargs)


class ClinicOwned(models.Model):
    """Abstract: an id made by the database, the owning clinic and the time of creation."""

    clinic_rules: ClassVar[ClinicRules] = ClinicRules()

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    clinic = models.ForeignKey("accounts.Clinic", on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field: "models.Field[Any, Any]") -> Any:  # noqa: N802 - Django's name
        """The words of a choice. Django's own way translates every choice to find one, in each row of a list."""
        value = getattr(self, field.attname)
        choices: list[tuple[Any, Any]] = field.flatchoices
        found = next((words for key, words in choices if key == value), value)
        return force_str(found, strings_only=True)
