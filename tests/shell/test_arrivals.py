"""A request comes in pieces of any size, at any speed; a thread is taken for it when it is whole, and not before."""

from collections.abc import Iterator
from http import HTTPStatus
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitclinic import arrivals
from pitclinic.arrivals import Arrival

HEAD = b"POST /patients/ HTTP/1.1\r\nHost: clinic.example.org\r\nContent-Length: %d\r\n\r\n"


class Arrivals:
    """Makes them, and puts their files away at the end."""

    def __init__(self) -> None:
        self.made: list[Arrival] = []

    def __call__(self, data: bytes = b"", *, began: float = 0.0, at: float = 0.0) -> Arrival:
        arrival = Arrival(began=began)
        self.made.append(arrival)
        arrival.take(data, now=at)
        return arrival


@pytest.fixture(scope="module")
def arrive() -> Iterator[Arrivals]:
    arrivals = Arrivals()
    yield arrivals
    for arrival in arrivals.made:
        arrival.file.close()


@given(body=st.binary(max_size=60), cuts=st.lists(st.integers(0, 160), max_size=12))
def test_however_it_is_cut_it_is_whole_with_its_last_byte(arrive: Arrivals, body: bytes, cuts: list[int]) -> None:
    request = HEAD % len(body) + body
    edges = [0, *sorted({cut for cut in cuts if 0 < cut < len(request)}), len(request)]
    pieces = [request[start:end] for start, end in pairwise(edges)]
    arrival = arrive()

    was_whole = []
    for piece in pieces:
        arrival.take(piece, now=0.0)
        was_whole.append(arrival.is_whole)

    assert was_whole == [False] * (len(pieces) - 1) + [True]
    arrival.file.seek(0)
    assert arrival.file.read() == request


def test_a_request_without_a_body_is_whole_with_its_headers(arrive: Arrivals) -> None:
    assert arrive(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").is_whole
    assert not arrive(b"GET / HTTP/1.1\r\nHost: x\r\n").is_whole


def test_headers_have_a_deadline_that_no_trickle_moves(arrive: Arrivals) -> None:
    arrival = arrive(began=100.0)
    for second in range(9):
        arrival.take(b"X-More: and more\r\n", now=100.0 + second)
    assert arrival.deadline == 100.0 + arrivals.PATIENCE_SECONDS


def test_a_body_has_longer_only_for_what_has_come(arrive: Arrivals) -> None:
    arrival = arrive(HEAD % 1_000_000, at=3.0)
    trickled = arrive(HEAD % 1_000_000, at=3.0)
    for second in range(5):
        arrival.take(bytes(64 * 1024), now=3.0 + second)
        trickled.take(b"x", now=3.0 + second)

    assert trickled.deadline < 3.0 + arrivals.PATIENCE_SECONDS + 0.1
    assert arrival.deadline > 3.0 + arrivals.PATIENCE_SECONDS + 19
    assert not arrival.is_whole


@pytest.mark.parametrize(
    ("request_", "refusal"),
    [
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 12_000, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
        (HEAD % (arrivals.MOST_BODY_BYTES + 1), HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", HTTPStatus.LENGTH_REQUIRED),
        (HEAD % arrivals.MOST_BODY_BYTES, None),
        # What makes no sense goes to the server's own parser, which says so.
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", None),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", None),
        (b"\xff\x00\r\n\r\n", None),
    ],
)
def test_what_will_not_be_waited_for_is_refused_at_once(
    arrive: Arrivals, request_: bytes, refusal: HTTPStatus | None
) -> None:
    assert arrive(request_).refusal is refusal


def test_who_asks_before_sending_a_body_is_told_to_go_ahead(arrive: Arrivals) -> None:
    asks = b"POST / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: %d\r\n\r\n"
    assert arrive(asks % 5).awaits_go_ahead
    assert not arrive(asks % 0).awaits_go_ahead
