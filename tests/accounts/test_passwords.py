"""Passwords that everybody guesses are refused, phrases are not; hashing many at once has an end."""

from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from threading import Event

import pytest
from django.contrib.auth.hashers import ScryptPasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts import hashers

GUESSED = (
    "passwordpassword", "Password12345678!", "123456789012345678", "qwertyuiopasdfghjkl", "aaaaaaaaaaaaaaaaaa",
    "abcabcabcabcabcabc", "W3lc0me-Summer-2026", "PitClinic2026!!!", "letmein letmein 99", "iloveyou1234567890",
    "11111111112222222222", "zyxwvutsrqponmlkjih", "Riverside-Clinic-1",
)  # fmt: skip
GOOD = ("correct horse battery staple", "violet-anchor-muddle-teapot", "kX9#vLq2!mWz7@pR", "der Hund frisst 3 Lampen")


def is_refused(password: str) -> bool:
    try:
        validate_password(password)
    except ValidationError:
        return True
    return False


def test_a_password_that_is_guessed_first_is_refused_and_a_phrase_is_not() -> None:
    assert [password for password in GUESSED if not is_refused(password)] == []
    assert [password for password in GOOD if is_refused(password)] == []


@settings(max_examples=30, deadline=None)
@given(st.text(min_size=15, max_size=80))
def test_any_text_is_judged(text: str) -> None:
    is_refused(text)


def test_no_mail_goes_to_an_address_nobody_has_here(db: None) -> None:
    answer = Client().post(reverse("account_reset_password"), {"email": "stranger@example.org"})

    assert answer.status_code == 302
    assert mail.outbox == []


def test_only_so_many_wait_for_a_hash_and_the_next_is_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    go = Event()

    def slow(self: ScryptPasswordHasher, *_args: object, **_more: object) -> str:
        assert go.wait(30)
        return "hashed"

    monkeypatch.setattr(ScryptPasswordHasher, "encode", slow)
    hasher, fit = hashers.PatientScryptHasher(), hashers.AT_ONCE + hashers.MOST_WAITING
    with ThreadPoolExecutor(fit + 1) as people:
        inside = [people.submit(hasher.encode, "x", "y") for _one in range(fit + 1)]
        wait(inside, timeout=30, return_when=FIRST_COMPLETED)
        go.set()
    refused = [one for one in inside if one.exception()]

    assert [type(one.exception()) for one in refused] == [hashers.TooManySignInsError]
    assert [one.result() for one in inside if one not in refused] == ["hashed"] * fit
