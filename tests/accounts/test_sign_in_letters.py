"""What is mailed about a sign-in: owed alike for everybody, also while the mail server is away, and in our words."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import allauth
import pytest
from django.core import mail
from django.core.mail.backends import smtp
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.adapters import LETTERS, AccountAdapter
from accounts.choices import SIGN_IN_LETTERS, LetterKind
from accounts.models import Clinic, SignInLetter, StaffLetter, User
from accounts.services import sign_in_letters, sign_ins
from common.tenancy import tenant
from reminders.tasks import sweep_staff_letters
from tests.factories.accounts import MembershipFactory, UserFactory

PASSWORD = "four words nobody guesses"
NEWER = "lanterns over the quiet harbour"
STRANGER = "stranger@example.org"
SENDS = re.compile(r"from django.core.mail import|import smtplib|django.core import mail")


@pytest.fixture
def person(clinic: Clinic) -> User:
    user = UserFactory()
    user.set_password(PASSWORD)
    user.save()
    with tenant(clinic.pk, actor="test"):
        MembershipFactory(clinic=clinic, user=user)
    return user


def ask(email: str, client: Client | None = None) -> HttpResponse:
    return (client or Client()).post(reverse("account_reset_password"), {"email": email})


def link_in(body: str) -> str:
    (link,) = [word for word in body.split() if "/account/password/reset/key/" in word]
    return link.removeprefix("http://testserver")


def choose(client: Client, link: str, password: str) -> None:
    form = client.get(link, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": password, "password2": password})


def test_who_works_here_is_told_to_nobody_while_the_mail_server_is_away(
    person: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_args: object, **_more: object) -> None:
        raise ConnectionRefusedError

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    monkeypatch.setattr(smtp.EmailBackend, "open", refused)
    ask("somebody@example.org")  # the tries of this network address are counted from here on
    SignInLetter.objects.all().delete()
    answers, queries = [], []
    for email in (STRANGER, person.email):
        with CaptureQueriesContext(connection) as asked:
            answer = ask(email)
        answers.append((answer.status_code, answer.headers["Location"], answer.content))
        queries.append([re.sub(r"'[^']*'|\d+", "?", query["sql"])[:60] for query in asked])
    assert answers[0] == answers[1]
    assert [sql[:30] for sql in queries[0]] == [sql[:30] for sql in queries[1]]
    assert sorted(SignInLetter.objects.values_list("user_id", "kind"), key=str) == sorted(
        [(None, "new_password"), (person.pk, "new_password")], key=str
    )


def test_a_link_leaves_in_the_clinics_name_sets_a_password_and_the_person_is_told(clinic: Clinic, person: User) -> None:
    Clinic.objects.filter(pk=clinic.pk).update(sender_name="Riverside")
    client = Client()
    for email in (person.email, person.email, STRANGER):
        ask(email, client)
    sweep_staff_letters()
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == ([person.email], "Riverside: choose a new password")
    assert letter.from_email.startswith("Riverside <")
    assert f"Hello {person.full_name}," in letter.body
    assert "It was not you?" in letter.body
    assert clinic.phone.as_international in letter.body
    assert not SignInLetter.objects.exists()

    choose(client, link_in(letter.body), NEWER)
    sweep_staff_letters()
    told = mail.outbox[1]
    assert (told.to, told.subject) == ([person.email], "Riverside: your password was changed")
    assert reverse("account_reset_password") in told.body
    client.post(reverse("account_login"), {"login": person.email, "password": NEWER})
    assert client.get(reverse("mfa_index")).status_code == 200
    assert "This link is used up" in Client().get(link_in(letter.body)).content.decode()


def test_a_password_changed_while_signed_in_is_told_too(person: User) -> None:
    client = Client()
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    typed = {"oldpassword": PASSWORD, "password1": NEWER, "password2": NEWER}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("accounts.middleware._SETUP_URLS", ("account_", "mfa_"))
        assert client.post(reverse("account_change_password"), typed).status_code == 302
    sweep_staff_letters()
    (told,) = mail.outbox
    assert told.to == [person.email]
    assert told.subject.endswith(": your password was changed")


def test_who_works_at_two_clinics_is_written_to_once_in_the_name_of_neither(
    clinic: Clinic, other_clinic: Clinic, person: User
) -> None:
    with tenant(other_clinic.pk, actor="test"):
        MembershipFactory(clinic=other_clinic, user=person)
    ask(person.email)
    sweep_staff_letters()
    (letter,) = mail.outbox
    assert letter.subject == "PIT Clinic: choose a new password"
    for one in (clinic, other_clinic):
        assert one.sender_name not in f"{letter.subject} {letter.body} {letter.from_email}"


def test_who_works_nowhere_any_more_gets_the_link_for_an_invitation_elsewhere(clinic: Clinic) -> None:
    user = UserFactory()
    with tenant(clinic.pk, actor="test"):
        MembershipFactory(clinic=clinic, user=user, is_active=False)
    ask(user.email)
    sweep_staff_letters()
    assert link_in(mail.outbox[0].body)


def test_one_that_waits_is_not_doubled_but_tried_at_once(clinic: Clinic, person: User) -> None:
    now = timezone.now()
    for _twice in range(2):
        sign_in_letters.owe(person.pk, LetterKind.NEW_PASSWORD)
        sign_in_letters.pass_on(now=now)
        with tenant(clinic.pk, actor="test"):
            letter = StaffLetter.objects.get()
            assert letter.next_at == now
            StaffLetter.objects.update(next_at=now + timedelta(hours=1))
    with tenant(clinic.pk, actor="test"), pytest.raises(IntegrityError, match="one_waits"), transaction.atomic():
        StaffLetter.objects.create(clinic=clinic, kind=letter.kind, membership=letter.membership, next_at=now)
    with pytest.raises(IntegrityError, match="signinletter_kind"), transaction.atomic():
        SignInLetter.objects.create(kind="rules")
    sign_in_letters.owe(person.pk, LetterKind.PASSWORD_SET)
    sign_ins.end_all()
    assert not SignInLetter.objects.exists()


def test_nothing_that_allauth_could_mail_leaves_in_its_own_words(clinic: Clinic, person: User) -> None:
    folder = Path(allauth.__file__).parent / "templates"
    prefixes = {
        str(path.relative_to(folder)).removesuffix("_message.txt")
        for app in ("account", "mfa")
        for path in folder.glob(f"{app}/email/*_message.txt")
    } - {"account/email/base"}
    assert len(prefixes) > 15
    assert set(LETTERS) - {"account/email/password_reset"} <= prefixes
    adapter = AccountAdapter(RequestFactory().post("/"))
    for prefix in sorted(prefixes):
        adapter.send_mail(prefix, person.email, {"user": person})
        adapter.send_notification_mail(prefix, person)
    assert mail.outbox == []
    assert {row.kind for row in SignInLetter.objects.all()} == {kind.value for kind in SIGN_IN_LETTERS}

    sweep_staff_letters()
    assert len(mail.outbox) == len(SIGN_IN_LETTERS)
    for letter in mail.outbox:
        assert letter.subject.startswith(f"{clinic.sender_name}: ")
        assert person.full_name not in letter.subject
        said = f"{letter.subject}\n{letter.body}"
        for wrong in ("Hello from", "example.com", "user account", "Thank you", "[", "{"):
            assert wrong not in said
        assert "It was not you?" in said


def test_only_the_worker_talks_to_a_mail_server() -> None:
    root = Path(__file__).parent.parent.parent
    apps = ("accounts", "audit", "catalogue", "common", "patients", "portal", "reminders", "scheduling", "sessions")
    senders = {
        str(path.relative_to(root))
        for app in (*apps, "pitclinic/views")
        for path in (root / app).rglob("*.py")
        if SENDS.search(path.read_text())
    }
    assert senders == {"reminders/mail.py"}
