"""Every form that makes a row makes one, however often it is sent; every other POST says why it makes none."""

import logging
import re
from collections.abc import Callable, Iterator
from functools import cache
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, reverse

from accounts.choices import Role
from accounts.models import Clinic, SentForm
from accounts.permissions import may
from common.tenancy import tenant
from patients.models import Patient
from pitclinic.rules.tables import clinic_models
from tests.access import objects
from tests.access.changing import CHANGING, REFUSED, SAME_VIEW, TYPED
from tests.access.creating import CREATING, SOMEBODY, Form
from tests.access.walking import address, staff_urls, view_of
from tests.scheduling.conftest import Practice, at, make_practice

KEY = re.compile(r'<input type="hidden" name="once" value="([^"]*)" autocomplete="off">')
SAID = "This was already saved."


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Hundreds of requests say nothing new."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


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
            found += re.findall(r'<input type="hidden" name="once" value="([^"]*)" autocomplete="off">', inside) or [
                "none"
            ]
    return found


def errors_of(answer: Any) -> str:
    return str(getattr(answer.context and answer.context.get("form"), "errors", ""))


def send(client: Client, form: Form, typed: dict[str, Any]) -> Any:
    for value in typed.values():
        if hasattr(value, "seek"):
            value.seek(0)
    return client.post(form.address, typed)


@cache
def posts() -> dict[str, URLPattern]:
    return {name: pattern for name, pattern in staff_urls() if "POST" in view_of(pattern).allowed_methods}


def test_every_address_that_takes_a_post_is_declared() -> None:
    """A new one goes into creating.py with what it makes, or into changing.py with why it makes nothing."""
    assert set(CREATING) | set(CHANGING) == set(posts())
    assert not set(CREATING) & set(CHANGING)
    shared = {name for name, why in CHANGING.items() if why == SAME_VIEW}
    assert {name for name, pattern in posts().items() if view_of(pattern).is_once} == set(CREATING) | shared


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
        return [f"answers {first.status_code}, leads to {where} {errors_of(first)}"], 0
    again, other = send(client, form, typed), client.post(form.address, {"once": keys[0], "text": "other words"})
    wrong = [] if again.headers.get("Location") == where else [f"a repeat answers {again.status_code}"]
    if other.status_code != 409 or "other words" not in other.content.decode():
        wrong.append(f"other words are answered {other.status_code}")
    if rows() != after:
        wrong.append("a repeat made rows")
    table = form.thing._meta.db_table
    return wrong, rows()[table] - before[table]


@pytest.fixture
def desk(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.FRONT_DESK, clinic=clinic)


REGISTER = reverse("patients:register")
NOVAK = SOMEBODY | {"sex": "female", "language": "de", "zone": "Europe/Berlin"}


def patients_of(clinic: Clinic) -> int:
    with tenant(clinic.pk, actor="test"):
        return Patient.objects.count()


def test_a_repeat_says_so_and_shows_the_first_result(clinic: Clinic, desk: Client) -> None:
    sent = NOVAK | {"once": str(uuid4())}
    first = desk.post(REGISTER, sent)

    page = desk.post(REGISTER, sent, follow=True)

    assert page.redirect_chain == [(first.headers["Location"], 302)]
    assert SAID in page.content.decode()
    assert "Novak" in page.content.decode()
    corrected = desk.post(REGISTER, sent | {"family_name": "Nowak"})
    assert corrected.status_code == 409
    assert "What you changed on it since is not saved." in corrected.content.decode()
    assert "Nowak" in corrected.content.decode()
    assert f'href="{first.headers["Location"]}"' in corrected.content.decode()
    assert patients_of(clinic) == 1


def test_a_part_of_a_page_is_sent_there_by_its_own_header(clinic: Clinic, desk: Client) -> None:
    sent = NOVAK | {"once": str(uuid4())}
    first = desk.post(REGISTER, sent)

    answer = desk.post(REGISTER, sent, headers={"HX-Request": "true"})

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, first.headers["Location"])


def test_a_form_that_is_asked_back_keeps_its_key_and_its_words(clinic: Clinic, desk: Client) -> None:
    sent = NOVAK | {"once": str(uuid4())}

    refused = desk.post(REGISTER, sent | {"birth_date": ""})

    assert refused.status_code == 422
    assert sent["once"] in refused.content.decode()
    assert 'value="Novak"' in refused.content.decode()
    assert patients_of(clinic) == 0
    assert desk.post(REGISTER, sent).status_code == 302
    assert desk.post(REGISTER, sent).status_code == 302
    assert patients_of(clinic) == 1


@pytest.mark.parametrize("key", ["", "x", "0" * 36, None])
def test_a_form_without_its_key_saves_nothing_and_keeps_what_was_typed(
    clinic: Clinic, desk: Client, key: str | None
) -> None:
    sent = NOVAK if key is None else NOVAK | {"once": key}

    answer = Client.post(desk, REGISTER, sent)

    assert answer.status_code == 400
    page = answer.content.decode()
    assert "Nothing was saved yet." in page
    assert patients_of(clinic) == 0
    assert all(f'name="{name}" value="{value}"' in page for name, value in NOVAK.items())
    assert Client.post(desk, REGISTER, NOVAK | {"once": KEY.findall(page)[0]}).status_code == 302
    assert patients_of(clinic) == 1


def test_a_key_is_good_for_its_person_and_its_address_only(
    clinic: Clinic, desk: Client, staff_client: Callable[..., Client]
) -> None:
    sent = NOVAK | {"once": str(uuid4())}
    first = desk.post(REGISTER, sent)
    colleague = staff_client(Role.FRONT_DESK, clinic=clinic)

    for client, url in ((colleague, REGISTER), (desk, reverse("scheduling:register_walk_in"))):
        answer = client.post(url, sent)
        assert answer.status_code == 409
        assert "Location" not in answer.headers
        assert first.headers["Location"] not in answer.content.decode()
        assert "Novak" in answer.content.decode()
    assert patients_of(clinic) == 1


def test_what_was_refused_beside_its_form_may_be_sent_again(
    practice: Practice, clients: Callable[[str], Client], made: dict[str, Any]
) -> None:
    """An answer that leads on with the reason why not has made nothing, and its key is free."""
    form = CREATING["scheduling:accept_offer"](practice, made)
    client, sent = clients("scheduling:accept_offer"), {"once": str(uuid4())}
    with time_machine.travel(at(12), tick=False):
        late = client.post(form.address, sent, follow=True)
    assert "This offer has ended" in late.content.decode()

    assert SAID not in client.post(form.address, sent, follow=True).content.decode()
    assert not SentForm.objects.filter(location="").exists()


def test_every_other_post_makes_nothing_the_second_time(
    practice: Practice, made: dict[str, Any], clients: Callable[[str], Client]
) -> None:
    """Each time with a key of its own, so that it is not the key that helps."""
    wrong = []
    for name in CHANGING:
        with transaction.atomic():
            typed = TYPED.get(name, lambda practice, made: {})(practice, made)
            client, url = clients(name), address(name, posts()[name], made | typed.pop("", {}))
            typed = shown_by(client, url, name) | typed
            first = client.post(url, typed)
            before = rows()
            client.post(url, typed)
            if (first.status_code >= 400) != (name in REFUSED):
                wrong.append(f"{name} answers {first.status_code} {errors_of(first)}")
            if more := {table: count for table, count in rows().items() if count > before[table]}:
                wrong.append(f"{name} makes {more}")
            transaction.set_rollback(True)
    assert wrong == []


def shown_by(client: Client, url: str, name: str) -> dict[str, Any]:
    """What the page's own form holds, to be sent as it is."""
    if "GET" not in view_of(posts()[name]).allowed_methods:
        return {}
    form = (client.get(url).context or {}).get("form")
    values = {field.html_name: field.value() for field in form} if form else {}
    return {name: value for name, value in values.items() if value is not None and value is not False}
