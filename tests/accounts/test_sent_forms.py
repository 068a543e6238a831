"""The same form twice makes one thing: what its key answers the first time, again, and to somebody else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django import forms
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.template import Context, Template
from django.utils import timezone

from accounts.actors import Actor, machine
from accounts.models import Clinic, SentForm
from accounts.services import sent_forms
from accounts.tasks import let_old_forms_go
from common.form_keys import key_for, key_of
from common.tenancy import tenant

HERE = "/somewhere/"
SAID = b"s" * 32


@pytest.fixture
def by(in_clinic: Clinic) -> Actor:
    return machine(in_clinic, "patient:one")


def test_the_first_time_is_first_and_a_repeat_learns_where_it_led(by: Actor) -> None:
    key = uuid4()
    assert sent_forms.first(key=key, address=HERE, said_sha256=SAID, by=by) is None
    sent_forms.remember(key=key, location="/there/", by=by)
    for _again in range(2):
        assert sent_forms.first(key=key, address=HERE, said_sha256=SAID, by=by) == sent_forms.Earlier(
            "/there/", is_same=True
        )
    corrected = sent_forms.first(key=key, address=HERE, said_sha256=b"o" * 32, by=by)
    assert corrected == sent_forms.Earlier("/there/", is_same=False)
    assert sent_forms.first(key=uuid4(), address=HERE, said_sha256=SAID, by=by) is None


def test_what_was_let_go_may_be_sent_again(by: Actor) -> None:
    key = uuid4()
    sent_forms.first(key=key, address=HERE, said_sha256=SAID, by=by)
    sent_forms.let_go(key=key, by=by)
    assert sent_forms.first(key=key, address=HERE, said_sha256=SAID, by=by) is None


def test_a_key_of_somebody_else_or_of_another_form_is_refused(by: Actor) -> None:
    key = uuid4()
    sent_forms.first(key=key, address=HERE, said_sha256=SAID, by=by)
    for address, who in ((HERE, replace(by, name="patient:other")), ("/elsewhere/", by)):
        with pytest.raises(sent_forms.FormKeyRefusedError):
            sent_forms.first(key=key, address=address, said_sha256=SAID, by=who)


def test_another_clinic_neither_sees_nor_blocks_a_key(by: Actor, other_clinic: Clinic) -> None:
    key = uuid4()
    sent_forms.first(key=key, address=HERE, said_sha256=SAID, by=by)
    with tenant(other_clinic.pk, actor="test"):
        assert sent_forms.first(key=key, address=HERE, said_sha256=SAID, by=replace(by, clinic=other_clinic)) is None


def test_the_database_takes_a_key_once(by: Actor) -> None:
    row = {"clinic_id": by.clinic_id, "key": uuid4(), "made_by": by.audit_name, "address": HERE}
    SentForm.objects.create(**row)
    with pytest.raises(IntegrityError, match="accounts_sentform_once"), transaction.atomic():
        SentForm.objects.create(**row)


def test_old_keys_are_let_go_once_a_day(by: Actor) -> None:
    old, new = uuid4(), uuid4()
    for key in (old, new):
        sent_forms.first(key=key, address=HERE, said_sha256=SAID, by=by)
    long_ago = timezone.now() - timedelta(days=sent_forms.KEPT_DAYS + 1)
    SentForm.objects.filter(key=old).update(created_at=long_ago)
    let_old_forms_go()
    assert list(SentForm.objects.values_list("key", flat=True)) == [new]
    assert let_old_forms_go.name in {row["task"] for row in settings.CELERY_BEAT_SCHEDULE.values()}


def test_a_key_is_a_uuid_as_the_page_wrote_it() -> None:
    key = uuid4()
    assert key_of(str(key)) == key
    for text in (None, "", "x", str(key)[:-1], f"{{{key.hex}}}  ", "\0" * 36, f"{str(key)[:-1]}\ud800"):
        assert key_of(text) is None


class _Form(forms.Form):
    word = forms.CharField()


def test_each_drawing_has_its_own_key_and_a_refused_form_keeps_the_one_it_came_with() -> None:
    sent = uuid4()
    refused = _Form(QueryDict(f"once={sent}"))
    draw: Callable[[str, forms.Form | None], str] = lambda tag, form: Template(  # noqa: E731
        f"{{% load once %}}{tag}"
    ).render(Context({"form": form}))
    assert draw("{% once form %}", refused) == f'<input type="hidden" name="once" value="{sent}" autocomplete="off">'
    fresh = {draw("{% once %}", None), draw("{% once form %}", _Form()), draw("{% once %}", refused)}
    assert len(fresh) == 3
    assert str(sent) not in "".join(fresh)
    assert isinstance(key_for(_Form(QueryDict("once=x"))), UUID)
