"""Every form that makes a row makes one, however often it is sent; every other POST says why it makes none."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client

from accounts.choices import Role
from accounts.models import Clinic, SentForm
from accounts.permissions import may
from common.tenancy import tenant
from pitclinic.rules.tables import clinic_models
from tests.access import objects
from tests.access.creating import CREATING, Form
from tests.access.walking import address, staff_urls, view_of
from tests.scheduling.conftest import Practice, at, make_practice

SAID = "This was already saved."


@pytest.fixture
def practice(clinic: Clinic) -> Iterator[Practice]:
    with time_machine.travel(at(8, 50), tick=False), tenant(clinic.pk, actor="test"):
        yield make_practice(clinic)


@pytest.fixture
def made(practice: Practice) -> dict[str, Any]:
    return objects.make(practice.clinic, "Twice")


@pytest.fixture
def clients(practice: Practice, staff_client: Callable[..., Client]) -> Callable[[str], Client]:
    """A member who may do what the address asks for."""
    members = {role: staff_client(role, clinic=practice.clinic) for role in Role.values}
    acts = {name: view_of(pattern).required_act for name, pattern in staff_urls()}
    return lambda name: next(members[role] for role in members if may(role, acts[name]))


def rows() -> dict[str, int]:
    """How many rows each of the clinic's tables has, but for the keys of forms."""
    tables = [model._meta.db_table for model in clinic_models() if model is not SentForm]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in tables))
        return dict(cursor.fetchall())


def keys_on(body: str, form: Form) -> list[str]:
    """The keys of the page's forms that are sent to the address; every one of them has one."""
    found = []
    for start, inside in re.findall(r"<form([^>]*)>(.*?)</form>", body, re.DOTALL):
        to = re.search(r'\saction="([^"]*)"', start)
        if (unescape(to[1]) if to else form.page) == form.address and 'method="post"' in start:
            found += re.findall(r'<input type="hidden" name="once" value="([^"]*)">', inside) or ["none"]
    return found


def send(client: Client, form: Form, typed: dict[str, Any]) -> Any:
    for value in typed.values():
        if hasattr(value, "seek"):
            value.seek(0)
    return client.post(form.address, typed)


def test_every_address_that_takes_a_post_is_declared() -> None:
    posts = {name: view_of(pattern) for name, pattern in staff_urls() if "POST" in view_of(pattern).allowed_methods}
    print({name for name in posts if name not in CREATING})


def test_every_form_that_makes_a_row_makes_one(
    practice: Practice, made: dict[str, Any], clients: Callable[[str], Client], figure: Callable[[str, float], None]
) -> None:
    most, wrong = 0, []
    for name, make in CREATING.items():
        with transaction.atomic():
            form = make(practice, made)
            told, count = repeated(clients(name), form)
            wrong += [f"{name}: {words}" for words in told]
            most = max(most, count)
            transaction.set_rollback(True)
    figure("double_post_rows", most)
    assert wrong == []
    assert most == 1


def repeated(client: Client, form: Form) -> tuple[list[str], int]:
    """What went wrong when the form of the page was sent, sent again, and sent with other words."""
    page = client.get(form.page)
    keys = keys_on(page.content.decode(), form)
    if not keys or "none" in keys:
        return [f"its page has the keys {keys}"], 0
    typed = form.typed | {"once": keys[0]}
    before = rows()
    first = send(client, form, typed)
    after = rows()
    where = SentForm.objects.filter(key=keys[0]).values_list("location", flat=True).first()
    if first.status_code >= 400 or not where or where != first.headers.get("Location", where):
        errors = getattr(first.context and first.context.get("form"), "errors", "")
        return [f"answers {first.status_code}, leads to {where} {errors}"], 0
    again = [send(client, form, typed), client.post(form.address, {"once": keys[0], "text": "other words"})]
    wrong = [f"a repeat answers {one.status_code}" for one in again if one.headers.get("Location") != where]
    if rows() != after:
        wrong.append("a repeat made rows")
    table = form.thing._meta.db_table
    return wrong, rows()[table] - before[table]
