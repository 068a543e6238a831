"""Gunicorn's threads, with a loop before them: whoever sends or reads slowly holds a connection, never a thread."""

import errno
import selectors
import socket
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import Any

from gunicorn.http.unreader import Unreader
from gunicorn.workers.gthread import TConn, ThreadWorker

from pitclinic.arrivals import BYTES_IN_MEMORY, SLOWEST_BYTES_PER_SECOND, Arrival

RECEIVED_AT_ONCE = SENT_AT_ONCE = 64 * 1024
# How long a reader may take for the rest of an answer, and longer the more of it there is. No thread waits meanwhile.
READER_SECONDS = 30.0
# After the answer the other side closes first, so that it has read everything by then.
GOOD_BYE_SECONDS = 2.0
LOOK_ROUND_SECONDS = 0.5
GO_AHEAD = b"HTTP/1.1 100 Continue\r\n\r\n"
_NOTHING_TO_ACCEPT = {errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED}


class Line(socket.socket):
    """A connection that takes what has room in it at once; the rest waits in a file until the loop has sent it."""

    rest: SpooledTemporaryFile[bytes] | None = None

    def sendall(self, data: Any, flags: int = 0) -> None:
        view = memoryview(data).cast("B")
        if self.rest is None:
            self.setblocking(False)
            view = view[self._send_what_fits(view) :]
            if not view:
                return
            self.rest = SpooledTemporaryFile(max_size=BYTES_IN_MEMORY)  # noqa: SIM115 - closed with its connection
        self.rest.write(view)

    def _send_what_fits(self, view: memoryview) -> int:
        sent = 0
        with suppress(BlockingIOError):
            while sent < len(view):
                sent += self.send(view[sent:])
        return sent

    def drop_rest(self) -> None:
        if self.rest is not None:
            self.rest.close()
            self.rest = None


class WholeRequest(Unreader):
    """What the parser reads instead of the socket: its end is the end of the request."""

    def __init__(self, file: SpooledTemporaryFile[bytes]) -> None:
        super().__init__()
        self.file = file

    def chunk(self, size_hint: int | None = None) -> bytes:
        return self.file.read(min(max(size_hint or 0, 8 * 1024), 1024 * 1024))


@dataclass
class Delivery:
    """An answer whose reader is slower than we are, until all of it has gone. ``piece`` was read and is not sent."""

    file: SpooledTemporaryFile[bytes]
    deadline: float
    piece: bytes = b""


@dataclass(frozen=True)
class Departure:
    """An answered connection until the other side closes it too."""

    deadline: float


class ArrivalsWorker(ThreadWorker):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.watched: dict[TConn, Arrival | Delivery | Departure] = {}
        self._looked_round_at = 0.0

    def accept(self, listener: socket.socket) -> None:
        try:
            accepted, address = listener.accept()
        except OSError as error:
            if error.errno not in _NOTHING_TO_ACCEPT:
                raise
            return
        self.nr_conns += 1
        conn = TConn(self.cfg, Line(fileno=accepted.detach()), address, listener.getsockname())
        arrival = Arrival(began=time.monotonic())
        self._watch(conn, arrival, partial(self._receive, conn, arrival))

    def _watch(
        self, conn: TConn, what: Arrival | Delivery | Departure, when_ready: Callable[[socket.socket], None]
    ) -> None:
        waits_for = selectors.EVENT_WRITE if isinstance(what, Delivery) else selectors.EVENT_READ
        self.poller.register(conn.sock, waits_for, when_ready)
        self.watched[conn] = what

    def _look_away(self, conn: TConn) -> None:
        del self.watched[conn]
        self.poller.unregister(conn.sock)

    def _receive(self, conn: TConn, arrival: Arrival, _sock: socket.socket) -> None:
        data = self._read(conn)
        if not data:
            return
        try:
            arrival.take(data, now=time.monotonic())
        except OSError:
            arrival.refusal = HTTPStatus.SERVICE_UNAVAILABLE
        if arrival.refusal is not None:
            self._refuse(conn, arrival, arrival.refusal)
        elif arrival.is_whole:
            self._hand_over(conn, arrival)
        elif arrival.awaits_go_ahead:
            arrival.awaits_go_ahead = False
            self._send_at_once(conn, GO_AHEAD)

    def _read(self, conn: TConn) -> bytes:
        """What there is to read now; nothing when there is nothing yet, or the other side has gone and is let go."""
        try:
            data = conn.sock.recv(RECEIVED_AT_ONCE)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:
            self._let_go(conn)
        return bytes(data)

    def _hand_over(self, conn: TConn, arrival: Arrival) -> None:
        self._look_away(conn)
        arrival.file.seek(0)
        conn.data_ready = True
        conn.init()
        conn.parser.unreader = WholeRequest(arrival.file)
        self.enqueue_req(conn)

    def _refuse(self, conn: TConn, arrival: Arrival, status: HTTPStatus) -> None:
        words = f"{status.phrase}. Nothing was saved."
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\nContent-Type: text/plain\r\n"
        self._send_at_once(conn, f"{head}Content-Length: {len(words)}\r\n\r\n{words}".encode())
        self._look_away(conn)
        arrival.file.close()
        self._see_off(conn)

    @staticmethod
    def _send_at_once(conn: TConn, data: bytes) -> None:
        """A few bytes, which have room in any connection that is there."""
        try:
            conn.sock.send(data)
        except OSError:
            return

    def finish_request(self, conn: TConn, fs: Future[Any]) -> None:
        """On the loop, after the thread: nobody waits here for the other side to read, or to close."""
        conn.parser.unreader.file.close()
        if conn.sock.rest is None:
            self._see_off(conn)
            return
        left = conn.sock.rest.tell()
        conn.sock.rest.seek(0)
        deadline = time.monotonic() + READER_SECONDS + left / SLOWEST_BYTES_PER_SECOND
        delivery = Delivery(conn.sock.rest, deadline)
        try:
            self._watch(conn, delivery, partial(self._send_rest, conn, delivery))
        except (OSError, ValueError):  # the thread has closed it
            self._close(conn)

    def _send_rest(self, conn: TConn, delivery: Delivery, _sock: socket.socket) -> None:
        delivery.piece = delivery.piece or delivery.file.read(SENT_AT_ONCE)
        if not delivery.piece:
            self._look_away(conn)
            conn.sock.drop_rest()
            self._see_off(conn)
            return
        try:
            delivery.piece = delivery.piece[conn.sock.send(delivery.piece) :]
        except BlockingIOError:
            return
        except OSError:
            self._let_go(conn)

    def _see_off(self, conn: TConn) -> None:
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
            self._watch(conn, Departure(time.monotonic() + GOOD_BYE_SECONDS), partial(self._drop, conn))
        except (OSError, ValueError):
            self._close(conn)

    def _drop(self, conn: TConn, _sock: socket.socket) -> None:
        self._read(conn)

    def _let_go(self, conn: TConn) -> None:
        what = self.watched[conn]
        self._look_away(conn)
        if isinstance(what, Arrival):
            what.file.close()
        self._close(conn)

    def _close(self, conn: TConn) -> None:
        conn.sock.drop_rest()
        self.nr_conns -= 1
        conn.close()

    def murder_pending(self) -> None:
        """Called at every turn of the loop, at least once a second."""
        now = time.monotonic()
        if now < self._looked_round_at + LOOK_ROUND_SECONDS:
            return
        self._looked_round_at = now
        for conn, what in list(self.watched.items()):
            if not self._is_over(what, now):
                continue
            if isinstance(what, Arrival) and what.received:
                self._refuse(conn, what, HTTPStatus.REQUEST_TIMEOUT)
            else:
                self._let_go(conn)

    def _is_over(self, what: Arrival | Delivery | Departure, now: float) -> bool:
        if now >= what.deadline:
            return True
        is_silent = isinstance(what, Arrival) and not what.received and now >= what.began + LOOK_ROUND_SECONDS
        return is_silent and not self.alive  # a browser's spare connection does not hold up the end
