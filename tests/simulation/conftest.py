"""One simulated clinic of 300 patients, made once for this folder's tests and rolled back after them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from common.tenancy import tenant
from pitclinic.simulation.run import Report, simulate

# A Wednesday before noon: part of the day lies behind, part of it ahead.
NOW = datetime(2026, 6, 10, 11, 30, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture(scope="module")
def simulated(django_db_setup: None, django_db_blocker: Any) -> Iterator[Report]:
    with django_db_blocker.unblock():
        with transaction.atomic():
            yield simulate(patients=300, seed=7, months=18, word="made-up", name="Made-up Clinic", now=NOW)
            transaction.set_rollback(True)
        connection.close()


@pytest.fixture
def report(simulated: Report, db: None) -> Iterator[Report]:
    """The simulated clinic, with its context set."""
    with tenant(simulated.clinic.pk, actor="test"):
        yield simulated
