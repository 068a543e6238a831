"""Rubbish in every form: a sentence of ours beside it, never the framework's, never an error of ours, nothing kept."""

import logging
import re
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.db import transaction
from django.test import Client

from accounts.choices import Role
from accounts.models import Clinic, ClinicOwned
from accounts.permissions import may
from common.tenancy import tenant
from tests.access import objects
from tests.access.changing import CHANGING, TYPED
from tests.access.creating import CREATING
from tests.access.test_sent_once import posts
from tests.access.walking import address, staff_urls, view_of
from tests.portal.visits import told
from tests.scheduling.conftest import Practice, at, make_practice

FRAMEWORKS = re.compile(
    "Ensure (this|that)|Enter a (valid|list|whole number)|Enter a number|Enter only|Null characters|Select a valid"
    "|This field|is not (one of|a valid)|The submitted (file|data)|No file was submitted|already exists"
)
# As bytes of a form: too long for every text, number, date and choice; half a character; NUL.
TOO_LONG, HALF, NUL = "9" * 25_000, "a%ED%A0%80b", "a%00b"


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def practice(clinic: Clinic) -> Iterator[Practice]:
    with time_machine.travel(at(8, 50), tick=False), tenant(clinic.pk, actor="test"):
        yield make_practice(clinic)


@pytest.fixture
def made(practice: Practice) -> dict[str, Any]:
    return objects.make(practice.clinic, "Rubbish")


@pytest.fixture
def clients(practice: Practice, staff_client: Callable[..., Client]) -> Callable[[str], Client]:
    """A member who may do what the address asks for."""
    members = {role: staff_client(role, clinic=practice.clinic) for role in Role.values}
    for client in members.values():
        client.raise_request_exception = False
    acts = {name: view_of(pattern).required_act for name, pattern in staff_urls()}
    return lambda name: next(members[role] for role in members if may(role, acts[name]))


def fields_of(page: Any, typed: dict[str, Any]) -> list[str]:
    """What may be typed: the fields of the page's form, and whatever a good answer holds."""
    form = (getattr(page, "context", None) or {}).get("form")
    names = [field.html_name for field in form] if form and hasattr(form, "fields") else []
    return [name for name in dict.fromkeys([*names, *typed]) if not hasattr(typed.get(name), "read")]


def said(client: Client, url: str, fields: list[str], rubbish: tuple[str, ...]) -> tuple[int, str]:
    """The status, and the words of the page and of whatever waits for the next one."""
    sent = [f"{quote(name)}={what}" for name, what in zip(fields, cycle(rubbish), strict=False)]
    body = "&".join([urlencode({"once": uuid4()}), *sent])
    answer = client.generic("POST", url, body, content_type="application/x-www-form-urlencoded")
    waiting = " ".join(map(str, get_messages(answer.wsgi_request)))
    return answer.status_code, waiting + (answer.content.decode() if not answer.streaming else "")


def wrongs(name: str, client: Client, url: str, fields: list[str], thing: type[ClinicOwned] | None = None) -> list[str]:
    found = []
    with transaction.atomic():
        before = thing.objects.count() if thing else 0
        status, page = said(client, url, fields, (TOO_LONG, HALF, NUL))
        kept = (thing.objects.count() if thing else 0) - before
        transaction.set_rollback(True)
    if status >= 500:
        found.append(f"{name} answers {status}")
    if words := FRAMEWORKS.search(page):
        found.append(f"{name} says {page[max(words.start() - 60, 0) : words.end() + 40]!r}")
    if kept and fields:
        found.append(f"{name} keeps it")
    return found


def test_every_form_of_the_staff_answers_rubbish_in_our_words(
    practice: Practice, made: dict[str, Any], clients: Callable[[str], Client]
) -> None:
    wrong = []
    for name, make in CREATING.items():
        with transaction.atomic():
            form = make(practice, made)
            client = clients(name)
            fields = fields_of(None if form.to else client.get(form.page), form.typed)
            wrong += wrongs(name, client, form.address, fields, form.thing)
            transaction.set_rollback(True)
    for name in CHANGING:
        with transaction.atomic():
            typed = TYPED.get(name, lambda practice, made: {})(practice, made)
            client, url = clients(name), address(name, posts()[name], made | typed.pop("", {}))
            page = client.get(url) if "GET" in view_of(posts()[name]).allowed_methods else None
            wrong += wrongs(name, client, url, fields_of(page, typed))
            transaction.set_rollback(True)
    assert "\n".join(wrong) == ""


def test_every_form_of_the_patient_answers_rubbish_in_our_words(clinic: Clinic) -> None:
    visit = told(clinic)
    visit.enter()
    fields = {
        "pain": ["score"],
        "relief": ["answer"],
        "change": ["change"],
        "worry": ["words", "sign", "nothing"],
        "signs": ["sign", "none"],
        "mistake": ["report"],
    }
    for page, names in fields.items():
        for rubbish in (TOO_LONG, HALF, NUL):
            body = "&".join([f"whose={visit.whose}", *(f"{name}={rubbish}" for name in names)])
            answer = visit.browser.post(
                visit.address(page), body, content_type="application/x-www-form-urlencoded", follow=True
            )
            assert answer.status_code < 500
            assert not FRAMEWORKS.search(answer.content.decode())
