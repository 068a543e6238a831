"""Whoever sends slowly, on purpose or in a tunnel, keeps nobody else waiting."""

import contextlib
import socket
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest

from pitclinic import arrivals, gunicorn
from tests.chaos.site import Site, Visitor

pytestmark = pytest.mark.slow

HALF_A_HEAD = b"GET /patients/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-More: "
HALF_A_BODY = (
    b"POST /account/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 100000\r\n\r\nlogin="
)
THREADS = gunicorn.workers * gunicorn.threads
LOOSE_SECONDS = 10


@contextlib.contextmanager
def lines(site: Site, *first_words: bytes) -> Iterator[list[socket.socket]]:
    with contextlib.ExitStack() as stack:
        opened = []
        for words in first_words:
            line = stack.enter_context(socket.create_connection(("127.0.0.1", site.demo.port), timeout=30))
            line.sendall(words)
            opened.append(line)
        yield opened


def until_closed(line: socket.socket) -> bytes:
    """What the server says before it hangs up."""
    said = b""
    with contextlib.suppress(ConnectionResetError):
        while data := line.recv(65536):
            said += data
    return said


def test_slow_requests_take_no_thread_and_are_cut_at_their_deadline(site: Site) -> None:
    began = time.monotonic()
    with lines(site, *[b""] * THREADS, *[HALF_A_HEAD] * (THREADS + 8), *[HALF_A_BODY] * THREADS) as opened:
        silent, slow = opened[:THREADS], opened[THREADS:]
        for line in slow:
            line.sendall(b"x")
        answers = [Visitor(site.demo.address).ask(path)[0] for path in ("/healthz", "/readyz", "/demo/")]
        answered = time.monotonic() - began
        for line in slow:
            line.sendall(b"x")  # none is cut yet
        said = [until_closed(line) for line in slow]
        hung_up = [until_closed(line) for line in silent]
        cut = time.monotonic() - began

    assert answers == [200, 200, 200]
    assert answered < LOOSE_SECONDS
    assert {words.partition(b"\r\n")[0] for words in said} == {b"HTTP/1.1 408 Request Timeout"}
    assert set(hung_up) == {b""}
    assert arrivals.PATIENCE_SECONDS <= cut < arrivals.PATIENCE_SECONDS + LOOSE_SECONDS
    assert "Traceback" not in site.web_said()


def test_answers_that_nobody_reads_and_lines_that_nobody_closes_keep_no_loop_waiting(site: Site) -> None:
    ask = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with lines(site, *[ask] * 3 * THREADS):
        began = time.monotonic()
        answers = [Visitor(site.demo.address).ask("/healthz")[0] for _once in range(4)]
        assert time.monotonic() - began < LOOSE_SECONDS
    assert answers == [200] * 4


def test_a_body_that_comes_in_pieces_comes_whole(site: Site) -> None:
    visitor = site.sign_in("Front desk")
    words = "in pieces " * 30_000
    visitor.ask("/patients/register")
    status, _headers, page = visitor.ask("/patients/register", {"family_name": words, "once": str(uuid4())})
    assert status == 422
    assert words.strip() in page


def test_a_body_of_unknown_length_is_refused_and_one_that_asks_first_is_sent_for(site: Site) -> None:
    start = b"POST /account/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    chunked = start + b"Transfer-Encoding: chunked\r\n\r\n5\r\nlogin\r\n0\r\n\r\n"
    asks_first = start + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"
    with lines(site, chunked, asks_first) as (refused, waiting):
        assert until_closed(refused).startswith(b"HTTP/1.1 411 ")
        assert waiting.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        waiting.sendall(b"login")
        assert b"HTTP/1.1 403 Forbidden" in until_closed(waiting)
