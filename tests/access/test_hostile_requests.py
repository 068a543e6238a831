"""Nothing that a browser, a script or a header can send to any address makes a server error."""

import logging
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.signals import got_request_exception
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, reverse
from django.urls.exceptions import NoReverseMatch

from accounts.choices import Role
from accounts.models import Clinic
from accounts.permissions import may
from pitclinic.checks import url_patterns
from tests.access import objects
from tests.access.walking import address

FORM = "application/x-www-form-urlencoded"
PART = b"--x\r\nContent-Disposition: form-data; name="
NUL, HALF, BYTES = "a%00b", "a%ED%A0%80b", "%ff%fe"
# All at once: none of them is refused before the next is looked at.
ODD_HEADERS = {
    "HTTP_ACCEPT_LANGUAGE": "xx-\x00,*;q=9,en;q=nan," + "a-" * 4000,
    "HTTP_ACCEPT": "\x00/;q=x",
    "HTTP_ACCEPT_ENCODING": "gzip;q=\xff",
    "HTTP_USER_AGENT": "\x00\xff" * 2000,
    "HTTP_REFERER": "http://[half",
    "HTTP_RANGE": "bytes=9-1,-,x",
    "HTTP_IF_NONE_MATCH": 'W/"\x00, *',
    "HTTP_IF_MODIFIED_SINCE": "Sun, 99 Nov 99999 99:99:99 GMT",
    "HTTP_X_FORWARDED_FOR": "\x00, 999.1.1.1, x",
    "HTTP_X_FORWARDED_PROTO": "\x00",
    "HTTP_X_REQUEST_ID": "\x00" * 500,
    "HTTP_X_CORRELATION_ID": "\x00" * 500,
    "HTTP_X_POLL": "\x00",
    "HTTP_X_CSRFTOKEN": "\xff" * 300,
    "HTTP_SEC_FETCH_MODE": "\x00",
}
OF_HTMX = {
    "HTTP_HX_REQUEST": "true",
    "HTTP_HX_BOOSTED": "\x00",
    "HTTP_HX_CURRENT_URL": "http://[half",
    "HTTP_HX_CURRENT_URL_URI_AUTOENCODED": "maybe",
    "HTTP_HX_TARGET": "\x00",
    "HTTP_HX_TRIGGER": "\xff" * 5000,
    "HTTP_HX_TRIGGER_NAME": "%ff",
    "HTTP_HX_TRIGGERING_EVENT": '{"half',
    "HTTP_TRIGGERING_EVENT": '{"half',
    "HTTP_TRIGGERING_EVENT_URI_AUTOENCODED": "true",
    "HTTP_HX_PROMPT": "\x00",
    "HTTP_HX_HISTORY_RESTORE_REQUEST": "\x00",
}
BODIES = (
    ("application/json", b'{"a":'),
    ("application/json; charset=no-such", b"\xff\x00" * 50),
    ("multipart/form-data; boundary=here", b"--elsewhere\r\n\r\nx"),
    ("multipart/form-data", b"--x--"),
    ("multipart/form-data; boundary=" + "b" * 300, b"--b"),
    ('multipart/form-data; boundary="\xe9"', b"--b"),
    ("multipart/form-data; boundary=x; charset=no-such", PART + b'"a"\r\n\r\nb\r\n--x--'),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="once"\r\nContent-Transfer-Encoding: base64\r\n\r\n***\r\n--x--',
    ),
    (
        "multipart/form-data; boundary=x",
        PART + b'"file"; filename="a\x00b"\r\nContent-Type: \xff\r\n\r\nb\r\n--x--',
    ),
    (FORM + "; charset=no-such", b"a=%ff"),
    (FORM + "; charset=utf-7", b"once=+AAA-"),
    (FORM + "; charset=\xe9", b"a=1"),
    (FORM, b"\x00=\xff&&=&" + b"a=1&" * 2_100),
    (FORM, b"note=" + b"x" * 6_300_000),
    ("\x00", b"\x00"),
    ("", b"x"),
)  # fmt: skip
VERBS = ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "HEAD", "PROPFIND", "X\xe9")
BODIES_EACH = 1
ODD_COOKIES = '; django_language="\\000"; messages="\\000"; x=\xff; =; ;;'
COOKIES = ("sessionid", "csrftoken", "messages", "django_language", "tablet")
# Quoted, a cookie may spell any byte, which no server in front takes away.
ODD_VALUES = ('"' + "\\000" * 32 + '"', '"' + "\\377\\355\\240\\200" * 8 + '"', "a" * 5000, "\xff" * 32, '"', "")
ODD_HOSTS = ("", "\x00", "a" * 5000, "[::1", "testserver:99999999", "testserver@x", "t\xebst", "xn--\xff", "..", "a b")
ODD_PATHS = ("/%00", "/p/%00/", "/p/%ED%A0%80/", "/%ff%fe/", "/p/" + "a" * 9000 + "/", "/schedule/feeds/%00.ics",
             "/schedule/feeds/%ff.ics", "/patients/%00/", "//evil.example/", "/\\evil.example", "/account/%2e%2e/",
             "/account/2fa/webauthn/keys/" + "9" * 30 + "/remove/", "/account/2fa/webauthn/keys/" + "9" * 5000 + "/",
             "/account/password/reset/key/%00-%00/", "/account/confirm-email/%00/", "/healthz%00", "/readyz/%0d%0aX:1",
             "/static/%00", "/static/../../etc/passwd", "/static/%ff", "/static/" + "a" * 5000)  # fmt: skip
QUERY_VALUES = (NUL, HALF, BYTES, "http://[half", "//evil.example", "%0d%0aX:1", "javascript:1", "a" * 60_000)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Thousands of requests say nothing new."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def broken() -> Iterator[list[str]]:
    """What views and middleware raised, as it happens."""
    raised: list[str] = []

    def note(**_more: Any) -> None:
        error = sys.exc_info()[1]
        raised.append(f"{type(error).__name__}: {error!s:.200} @ {traceback.format_exc().splitlines()[-3:-1]}")

    got_request_exception.connect(note)
    yield raised
    got_request_exception.disconnect(note)


@pytest.fixture
def doors(clinic: Clinic, staff_client: Callable[..., Client]) -> list[tuple[str, URLPattern, str, Client]]:
    """Every address of the site, with somebody who may open it."""
    own = objects.make(clinic, "Own")
    clients = {role: staff_client(role, clinic=clinic) for role in (Role.CLINICIAN, *Role.values)}
    for client in clients.values():
        client.get(reverse("patients:list"))  # what a session keeps from its first page
    found = []
    for name, pattern in url_patterns():
        act = getattr(pattern.callback, "required_act", None)
        client = next(one for role, one in clients.items() if act is None or may(role, act))
        words = {argument: "k" * 22 for argument in pattern.pattern.converters if argument not in own}
        with suppress(NoReverseMatch):  # allauth's links with a pattern of their own
            found.append((name, pattern, address(name, pattern, own | words), client))
    return found


def ask(client: Client, method: str, url: str, **more: Any) -> int:
    """The status; everything is undone, a sign-out too."""
    browser = Client(raise_request_exception=False)
    browser.cookies = SimpleCookie(client.cookies.output(header="", attrs=[]))
    with transaction.atomic():
        answer = browser.generic(method, url, **more)
        if answer.streaming:
            list(answer.streaming_content)
        transaction.set_rollback(True)
    return int(answer.status_code)


@pytest.mark.slow
def test_nothing_that_can_be_sent_makes_a_server_error(
    doors: list[tuple[str, URLPattern, str, Client]], broken: list[str], settings: Any
) -> None:
    """Every address gets all odd headers, and its turn of the verbs and bodies."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    wrong, opened = [], 0
    for number, (name, _pattern, url, client) in enumerate(doors):
        cookies = client.cookies.output(header="", attrs=[], sep=";").strip() + ODD_COOKIES
        headers = ODD_HEADERS | (OF_HTMX if number % 2 else {})
        asked: list[tuple[str, dict[str, Any]]] = [("GET", {**headers, "HTTP_COOKIE": cookies})]
        asked.append((VERBS[number % len(VERBS)], OF_HTMX))
        for turn in range(BODIES_EACH):
            content_type, body = BODIES[(number * BODIES_EACH + turn) % len(BODIES)]
            asked.append(("POST", {"content_type": content_type, "data": body}))
        for method, more in asked:
            broken.clear()
            status = ask(client, method, url, **more)
            opened += status == 200
            if status >= 500:
                what = f"{more.get('content_type', 'odd headers')!r} {more.get('data', b'')[:60]!r}"
                wrong.append(f"{name}: {status} to {method} with {what}: {broken}")
    assert "\n".join(wrong) == ""
    assert opened > len(doors) / 4, "whoever asks is signed in"


def test_no_cookie_host_or_path_makes_a_server_error(clinic: Clinic, broken: list[str], settings: Any) -> None:
    client = Client(raise_request_exception=False)
    wrong = []
    asked = [("/account/login/", {"HTTP_COOKIE": f"{name}={value}"}) for name in COOKIES for value in ODD_VALUES]
    asked += [("/account/login/", {"HTTP_HOST": host}) for host in ODD_HOSTS]
    asked += [(path, {}) for path in ODD_PATHS]
    asked += [(f"/account/login/?next={value}", {}) for value in QUERY_VALUES]
    for path, more in asked:
        broken.clear()
        status = ask(client, "GET", path, **more)
        if status >= 500:
            wrong.append(f"{status} to {path[:80]} {more!r:.200}: {broken}")
    assert "\n".join(wrong) == ""


def test_a_session_with_a_note_of_450_000_characters_is_refused_beside_it_and_the_text_stays(
    clinic: Clinic, staff_client: Callable[..., Client]
) -> None:
    draft = objects.make(clinic, "Own")["session_id"]
    client, long = staff_client(Role.CLINICIAN, clinic=clinic), "\u75db" * 450_000

    typed = urlencode({"note": long, "version": 1})
    answer = client.post(reverse("sessions:edit", args=[draft]), typed, content_type=FORM)

    assert answer.status_code == 422
    assert long in answer.content.decode()
    assert 'aria-invalid="true"' in answer.content.decode()


def test_a_form_larger_than_a_page_takes_is_refused_with_a_page(
    clinic: Clinic, staff_client: Callable[..., Client]
) -> None:
    client = staff_client(Role.CLINICIAN, clinic=clinic)

    answer = client.post(reverse("patients:search"), "q=" + "x" * 6_300_000, content_type=FORM)

    assert answer.status_code == 413
    assert "Nothing was saved" in answer.content.decode()
