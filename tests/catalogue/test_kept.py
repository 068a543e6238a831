"""What a process keeps of the catalogue is never older than the catalogue."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import connection, transaction

from catalogue.kept import Kept
from catalogue.models import BodyRegion, CatalogueVersion
from catalogue.queries import region_names
from catalogue.services.loading import load
from tests.catalogue.conftest import NOW, Edit
from tests.plugins import golden

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept() -> Kept[dict[str, str]]:
    return Kept(region_names)


def token() -> Any:
    return CatalogueVersion.objects.get().token


def rename(name: str) -> None:
    BodyRegion.objects.filter(code=next(iter(region_names()))).update(name=name)


def test_it_is_read_once_while_nothing_changes(
    kept: Kept[dict[str, str]], django_assert_num_queries: Callable[..., Any]
) -> None:
    first = kept.get()
    with django_assert_num_queries(1):
        assert kept.get() is first


def test_it_is_read_again_after_a_row_changed(kept: Kept[dict[str, str]], as_owner: None) -> None:
    kept.get()
    rename("Somewhere else")
    assert "Somewhere else" in kept.get().values()


def test_what_was_rolled_back_is_forgotten(kept: Kept[dict[str, str]], as_owner: None) -> None:
    before = kept.get()
    with transaction.atomic():
        rename("Never there")
        kept.get()
        transaction.set_rollback(True)
    rename("There for good")
    assert kept.get() != before
    assert "Never there" not in kept.get().values()


def test_loading_changed_files_makes_a_new_version(as_owner: None, edited: Edit) -> None:
    before = token()
    load(now=NOW, directory=edited("body_regions", lambda rows: rows[0].update(name="Renamed")))
    assert token() != before


def test_loading_the_same_files_keeps_the_version(as_owner: None) -> None:
    before = token()
    load(now=NOW)
    assert token() == before


@pytest.mark.django_db(transaction=True)
def test_what_another_process_writes_is_seen(kept: Kept[dict[str, str]]) -> None:
    before = kept.get()
    code, name = next(iter(before.items()))
    database = connection.settings_dict["NAME"]
    with psycopg.connect(**golden.server_params(), dbname=database, autocommit=True) as other:
        other.execute("UPDATE catalogue_bodyregion SET name = 'Elsewhere' WHERE code = %s", [code])
        try:
            assert kept.get()[code] == "Elsewhere"
        finally:
            other.execute("UPDATE catalogue_bodyregion SET name = %s WHERE code = %s", [name, code])
    assert kept.get() == before


def test_every_table_of_the_catalogue_is_watched() -> None:
    tables = {model._meta.db_table for model in apps.get_app_config("catalogue").get_models(include_auto_created=True)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'catalogue_has_changed'")
        watched = {name for (name,) in cursor.fetchall()}
    assert watched == tables - {"catalogue_catalogueversion"}
