"""The same form three times at the same moment, each on a connection of its own: one row, and one place for all."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connections
from django.test import Client

from accounts.choices import Role
from common.tenancy import tenant
from tests.access.creating import CREATING, Form
from tests.factories.accounts import ClinicFactory
from tests.factories.sessions import signed_session
from tests.scheduling.conftest import Practice, at, make_practice

TAPS = 3
# What the product was tried with, and made three of.
TRIED = (
    "patients:register",
    "patients:add-condition",
    "patients:record-weight",
    "scheduling:add_waiting",
    "sessions:add_addendum",
    "sessions:report_side_effect",
)


@pytest.fixture
def practice(transactional_db: None) -> Iterator[Practice]:
    clinic = ClinicFactory()
    with time_machine.travel(at(8, 50), tick=False):
        with tenant(clinic.pk, actor="test"):
            made = make_practice(clinic)
        yield made


def tap(client: Client, form: Form, key: str) -> Any:
    """Three browsers' worth of one person, who all send when all are ready."""
    gate = Barrier(TAPS)

    def send(number: int) -> Any:
        browser = Client()
        browser.cookies = SimpleCookie(client.cookies.output(header="", attrs=[]))
        try:
            gate.wait(timeout=60)
            return browser.post(form.address, form.typed | {"once": key})
        finally:
            connections.close_all()

    with ThreadPoolExecutor(TAPS) as pool:
        return list(pool.map(send, range(TAPS)))


@pytest.mark.slow
def test_three_taps_at_once_make_one_row_and_lead_to_one_place(
    practice: Practice, staff_client: Callable[..., Client], figure: Callable[[str, float], None]
) -> None:
    client = staff_client(Role.CLINICIAN, clinic=practice.clinic)
    with tenant(practice.clinic.pk, actor="test"):
        record = signed_session(clinic=practice.clinic, signed_at=at(8))
    most = 0
    for name in TRIED:
        with tenant(practice.clinic.pk, actor="test"):
            form = CREATING[name](practice, {"signed_session_id": record.pk})
            before = form.thing._default_manager.count()
        answers = tap(client, form, str(uuid4()))
        assert [answer.status_code for answer in answers] == [302] * TAPS, name
        assert len({answer.headers["Location"] for answer in answers}) == 1, name
        with tenant(practice.clinic.pk, actor="test"):
            most = max(most, form.thing._default_manager.count() - before)
    figure("double_post_rows_at_once", most)
    assert most == 1


@pytest.mark.slow
def test_three_refused_at_once_are_all_told_and_the_form_may_be_sent_again(
    practice: Practice, staff_client: Callable[..., Client]
) -> None:
    client = staff_client(Role.CLINICIAN, clinic=practice.clinic)
    with tenant(practice.clinic.pk, actor="test"):
        form = CREATING["patients:record-weight"](practice, {})
    key = str(uuid4())
    heavy = Form(form.thing, form.page, form.to, form.typed | {"weight_kg": "none"})

    assert [answer.status_code for answer in tap(client, heavy, key)] == [422] * TAPS

    assert sorted(answer.status_code for answer in tap(client, form, key)) == [302] * TAPS
    with tenant(practice.clinic.pk, actor="test"):
        assert form.thing._default_manager.count() == 1
