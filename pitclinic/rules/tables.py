"""Which rule each table falls under, read from the models. A table under no rule is an error."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.db import models

from accounts.models import ClinicOwned, ClinicRules

_OWN = "clinic_id = NULLIF(current_setting('app.clinic_id', true), '')::uuid"
_OWN_OR_SELF = f"{_OWN} OR user_id = NULLIF(current_setting('app.user_id', true), '')::uuid"

# Tables without a clinic, and what the application may do to them.
_READ = "SELECT"
_WRITE = "SELECT, INSERT, UPDATE, DELETE"
_OPEN_LABELS = {
    "catalogue": _READ,
    "contenttypes": _READ,
    "auth": _READ,
    "account": _WRITE,
    "mfa": _WRITE,
    "usersessions": _WRITE,
    "sessions": _WRITE,
}
_OPEN_TABLES = {
    "accounts_backupreport": _READ,
    "accounts_integrityreport": "SELECT, INSERT, UPDATE",
    "accounts_clinic": "SELECT, INSERT, UPDATE",
    "accounts_signinletter": _WRITE,
    "accounts_user": "SELECT, INSERT, UPDATE",
    "accounts_user_groups": _READ,
    "accounts_user_user_permissions": _READ,
    "django_migrations": _READ,
    "django_cache": _WRITE,
}


@dataclass(frozen=True)
class Relation:
    """A composite foreign key ``(clinic_id, column) → target (clinic_id, id)``."""

    column: str
    target: str


@dataclass(frozen=True)
class ClinicTable:
    """A table whose rows belong to a clinic."""

    name: str
    privileges: str
    using: str = _OWN
    check: str = _OWN
    audit_patient: str | None = None  # None: not audited by trigger
    derived: tuple[str, ...] = ()
    relations: tuple[Relation, ...] = field(default=())


def clinic_models() -> Iterator[type[ClinicOwned]]:
    for model in apps.get_models(include_auto_created=True):
        if issubclass(model, ClinicOwned) and not model._meta.proxy:
            yield model


def clinic_tables() -> list[ClinicTable]:
    """Every clinic-owned table with its rules, the audit trail's own two included."""
    tables = [ClinicTable(name, "SELECT") for name in ("audit_auditevent", "audit_auditseal", "audit_auditcheck")]
    for model in clinic_models():
        rules: ClinicRules = model.clinic_rules
        name = model._meta.db_table
        tables.append(
            ClinicTable(
                name=name,
                privileges=_privileges(rules),
                using=_OWN_OR_SELF if name == "accounts_membership" else _OWN,
                audit_patient=rules.patient if rules.is_audited else None,
                derived=rules.derived,
                relations=tuple(_relations(model)),
            )
        )
    return tables


def _privileges(rules: ClinicRules) -> str:
    if rules.is_written_by_database:
        return _READ
    return _WRITE if rules.is_deletable else "SELECT, INSERT, UPDATE"


def _relations(model: type[ClinicOwned]) -> Iterator[Relation]:
    for column in model._meta.concrete_fields:
        target = column.related_model
        if isinstance(column, models.ForeignKey) and isinstance(target, type) and issubclass(target, ClinicOwned):
            yield Relation(column.column, target._meta.db_table)


def open_tables() -> dict[str, str]:
    """Tables without a clinic → the application's privileges on them."""
    tables = dict(_OPEN_TABLES)
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in _OPEN_LABELS and not issubclass(model, ClinicOwned):
            tables[model._meta.db_table] = _OPEN_LABELS[model._meta.app_label]
    return tables
