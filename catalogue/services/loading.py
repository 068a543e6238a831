"""Bring the tables to what the data files say: create, update, retire; never delete a row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction

from catalogue.models.entries import CatalogueEntry
from catalogue.services.data_files import DATA, FILES, CatalogueError, Row, read
from common.folding import fold

Keys = dict[type[models.Model], dict[str, UUID]]

SEARCHED = ("code", "name", "short_name", "term", "icd10cm", "synonyms")


@dataclass(frozen=True)
class Counts:
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    retired: int = 0

    @property
    def is_change(self) -> bool:
        return bool(self.created or self.updated or self.retired)


@transaction.atomic
def load(*, now: datetime, directory: Path = DATA) -> dict[str, Counts]:
    """Counts per file. Raises CatalogueError, with nothing written, when a file is not fit.

    Locks: one load at a time; a second one waits and then finds nothing to do.
    """
    catalogue = read(directory)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('catalogue.load'))")
    keys: Keys = {}
    return {stem: _load_table(FILES[stem], rows, keys, now) for stem, rows in catalogue.items()}


def _load_table(model: type[CatalogueEntry], rows: list[Row], keys: Keys, now: datetime) -> Counts:
    existing = {entry.code: entry for entry in model._default_manager.all()}
    created: list[CatalogueEntry] = []
    changed: dict[str, CatalogueEntry] = {}
    columns: set[str] = set()
    for row in rows:
        values = _column_values(model, row, keys)
        entry = existing.get(row.code)
        if entry is None:
            created.append(model(**values))
        elif differing := {name for name, value in values.items() if getattr(entry, name) != value}:
            for name in differing:
                setattr(entry, name, values[name])
            changed[row.code] = entry
            columns |= differing
    named = {row.code for row in rows}
    retired = [e for e in existing.values() if e.code not in named and e.retired_at is None]
    for entry in retired:
        entry.retired_at = now
    _write(model, rows, created, [*changed.values()], columns, retired)
    keys[model] = dict(model._default_manager.values_list("code", "pk"))
    relinked = _link(model, rows, keys) - {entry.code for entry in created}
    updated = len(changed.keys() | relinked)
    return Counts(len(created), updated, len(rows) - len(created) - updated, len(retired))


def _column_values(model: type[CatalogueEntry], row: Row, keys: Keys) -> dict[str, Any]:
    values = {**row.values, "retired_at": None}
    for name, code in row.parents.items():
        target = _target(model, name)
        values[f"{name}_id"] = keys[target][code] if code else None
    if any(column.name == "search_text" for column in model._meta.concrete_fields):
        values["search_text"] = search_text(values)
    return values


def search_text(values: Mapping[str, Any]) -> str:
    """Every word a person may type for the row, folded, each with a space before it."""
    words: list[str] = []
    for name in SEARCHED:
        value = values.get(name, "")
        words += value if isinstance(value, list) else [value]
    return f" {fold(' '.join(words))}"


def _target(model: type[CatalogueEntry], name: str) -> type[models.Model]:
    target = model._meta.get_field(name).related_model
    if not isinstance(target, type):
        raise TypeError(f"{name} of {model.__name__} points at no model")
    return target


def _write(
    model: type[CatalogueEntry],
    rows: list[Row],
    created: list[CatalogueEntry],
    changed: list[CatalogueEntry],
    columns: set[str],
    retired: list[CatalogueEntry],
) -> None:
    try:
        with transaction.atomic():
            if retired:
                model._default_manager.bulk_update(retired, ["retired_at"])
            if changed:
                model._default_manager.bulk_update(changed, sorted(columns))
            model._default_manager.bulk_create(created)
    except IntegrityError as error:
        places = {row.code: row.place for row in rows}
        raise CatalogueError(_refused(places, [*created, *changed]) or [str(error)]) from error


def _refused(places: Mapping[str, str], entries: Iterable[CatalogueEntry]) -> list[str]:
    """Which rows the database refused, in words: it named only the first constraint."""
    problems = []
    for entry in entries:
        try:
            entry.validate_constraints()
        except ValidationError as error:
            problems += [f"{places[entry.code]}: {message}" for message in error.messages]
    return problems


def _link(model: type[CatalogueEntry], rows: list[Row], keys: Keys) -> set[str]:
    """Make the many-to-many links of the named rows what the file says; the codes whose links changed."""
    touched: set[UUID] = set()
    own = {keys[model][row.code]: row for row in rows}
    for column in model._meta.many_to_many:
        through: Any = column.remote_field.through
        here, there = f"{column.m2m_field_name()}_id", f"{column.m2m_reverse_field_name()}_id"
        targets = keys[_target(model, column.name)]
        wanted = {(key, targets[code]) for key, row in own.items() for code in row.links[column.name]}
        present = {
            (key, target): link for link, key, target in through.objects.values_list("pk", here, there) if key in own
        }
        surplus, missing = present.keys() - wanted, wanted - present.keys()
        if surplus:
            through.objects.filter(pk__in=[present[pair] for pair in surplus]).delete()
        through.objects.bulk_create([through(**{here: key, there: target}) for key, target in sorted(missing)])
        touched |= {key for key, _ in surplus | missing}
    return {own[key].code for key in touched}
