"""The catalogue, loaded from its real files; only the owner of the tables may write it."""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from catalogue.services.data_files import DATA, Catalogue, read

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

Edit = Callable[[str, Callable[[list[dict[str, Any]]], object]], Path]


@pytest.fixture(scope="session")
def files() -> Catalogue:
    return read()


@pytest.fixture
def as_owner(db: None) -> Iterator[None]:
    """Write as the role that deploys; the application may only read these tables."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE pit_owner")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE pit_app")


@pytest.fixture
def edited(tmp_path: Path) -> Edit:
    """A copy of the data files in which a test may change one."""
    copy = tmp_path / "data"
    shutil.copytree(DATA, copy)

    def edit(stem: str, change: Callable[[list[dict[str, Any]]], object]) -> Path:
        path = copy / f"{stem}.json"
        rows = json.loads(path.read_text(encoding="utf-8"))
        change(rows)
        path.write_text(json.dumps(rows), encoding="utf-8")
        return copy

    return edit
