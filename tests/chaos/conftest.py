"""One site for all that goes wrong: each test leaves it standing."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.chaos.site import Site


@pytest.fixture(scope="package")
def site(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with django_db_blocker.unblock(), contextlib.ExitStack() as stack:
        yield Site(tmp_path_factory.mktemp("site"), stack)
